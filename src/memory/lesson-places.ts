import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { statIfThere } from '../core/disk/stat-if-there.ts';
import { UserError } from '../core/errors.ts';
import { readLessons } from './lessons.ts';

/** Whose lessons: the repository's instruction file, which everybody reads who works there, or the user's own. */
export type LessonOwner = 'project' | 'user';

export type LessonPlace = {
  readonly owner: LessonOwner;
  readonly path: string;
  /** As it is shown: `AGENTS.md`, `~/.wink/AGENTS.md`. */
  readonly name: string;
};

/** The first of these that a repository has is its own. */
const names = ['AGENTS.md', 'CLAUDE.md', 'GEMINI.md'];

/** Where lessons are kept; AGENTS.md is made where the repository has no instruction file. */
export function lessonPlaces({ repository, home }: { repository: string; home: string }): readonly LessonPlace[] {
  const name = names.find((each) => existsSync(join(repository, each))) ?? 'AGENTS.md';
  return [
    { owner: 'project', path: join(repository, name), name },
    { owner: 'user', path: join(home, 'AGENTS.md'), name: 'your own AGENTS.md' },
  ];
}

/** The text of the file; empty where there isn't one. Throws UserError for a link that leads out of the repository, or to nothing. */
export function readPlace(place: LessonPlace, repository: string): string {
  const { path, name } = place;
  if (leadsAway(place, repository))
    throw new UserError(`${name} is a link that leads to no file of the repository; nothing was written.`);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** What a repository's own file links to elsewhere is not the repository's, and a write would make what a dangling link names. */
function leadsAway({ owner, path }: LessonPlace, repository: string): boolean {
  if (owner !== 'project' || statIfThere(path)?.isSymbolicLink() !== true) return false;
  if (!existsSync(path)) return true;
  const inside = relative(realpathSync(repository), realpathSync(path));
  return inside.startsWith(`..${sep}`) || isAbsolute(inside);
}

/** A lesson that is kept, and where. */
export type KeptLesson = { readonly lesson: string; readonly place: LessonPlace };

/** The lessons of the files that can be written; a file of others has none that could be taken out. */
export function keptLessons(places: { repository: string; home: string }): KeptLesson[] {
  return lessonPlaces(places)
    .filter((place) => !leadsAway(place, places.repository))
    .flatMap((place) => readLessons(readPlace(place, places.repository)).map((lesson) => ({ lesson, place })));
}
