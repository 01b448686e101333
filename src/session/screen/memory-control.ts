import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { makeDiffView } from '../../../tools/edit/diff-view.ts';
import { writeFileAtomic } from '../../core/disk/atomic.ts';
import { UserError } from '../../core/errors.ts';
import { loadPrompt } from '../../core/prompt.ts';
import { readLastingWords } from '../../memory/lasting-words.ts';
import {
  keptLessons,
  type LessonOwner,
  type LessonPlace,
  lessonPlaces,
  readPlace,
} from '../../memory/lesson-places.ts';
import { addLesson, cleanLesson, removeLesson } from '../../memory/lessons.ts';
import type { MemoryControl } from '../../ui/screen-deps.ts';
import type { ShownSession } from './shown-session.ts';

/** Suggestions that go without an answer before there are no more in a session. */
const maxSuggestions = 2;

/** Lessons as the screen handles them. Nothing is written but by `change`, which the user's answer calls. */
export function memoryControl(shown: ShownSession): MemoryControl {
  const places = { repository: shown.setup.loaded.repository, home: shown.setup.home };
  const suggested = new Set<string>();
  const placeOf = (owner: LessonOwner): LessonPlace => lessonPlaces(places).find((place) => place.owner === owner)!;
  const isKept = (lesson: string) => keptLessons(places).some((kept) => kept.lesson === lesson);

  /** What the user said after the first message: before it there was nothing to correct. */
  const corrections = (from: number): string[] =>
    shown
      .current()
      .trajectory.steps.slice(Math.max(from, 1))
      .flatMap(({ notes }) => notes.filter((note) => note.from === 'user').map(({ text }) => text))
      .flatMap(readLastingWords)
      .map(cleanLesson);
  const candidates = (from: number): string[] =>
    [...new Set(corrections(from))].filter((lesson) => lesson !== '' && !isKept(lesson));

  let readUntil = shown.current().trajectory.steps.length;
  return {
    clean: cleanLesson,
    candidates: () => candidates(0),
    kept: () => keptLessons(places).map(({ lesson, place }) => ({ lesson, owner: place.owner, name: place.name })),
    suggestion: () => {
      const { length } = shown.current().trajectory.steps;
      const from = Math.min(readUntil, length);
      readUntil = length;
      if (!shown.setup.loaded.config.ui.suggestLessons || suggested.size >= maxSuggestions) return undefined;
      const lesson = candidates(from).find((each) => !suggested.has(each));
      if (lesson !== undefined) suggested.add(lesson);
      return lesson;
    },
    preview: async (lesson, what) =>
      Promise.all(
        lessonPlaces(places).map(async (place) => {
          const before = readPlace(place, places.repository);
          const after = what === 'keep' ? addLesson(before, lesson) : removeLesson(before, lesson);
          const { owner, name } = place;
          return { owner, name, view: await makeDiffView(name, name, before, after) };
        }),
      ),
    change: async (lesson, owner, what) => {
      const place = placeOf(owner);
      const before = readPlace(place, places.repository);
      const after = what === 'keep' ? addLesson(before, lesson) : removeLesson(before, lesson);
      if (after === before) throw new UserError(`${place.name} has changed meanwhile; nothing was written.`);
      await mkdir(dirname(place.path), { recursive: true });
      await writeFileAtomic(place.path, after);
      const { observer, inbox } = shown.current();
      const say = (prompt: string) =>
        inbox.say({
          from: 'harness',
          text: loadPrompt(prompt, { file: place.name, lesson }),
          at: new Date().toISOString(),
        });
      if (what === 'keep') {
        observer.instruct({ text: lesson, source: place.name });
        say('lesson-kept');
        return `Kept in ${place.name}; the observer watches that it is kept.`;
      }
      for (const { id, quote } of observer.ledger()) if (lesson.startsWith(quote.slice(0, 60))) observer.lift(id);
      for (const { quote } of observer.advice())
        if (lesson.startsWith(quote.slice(0, 60))) observer.lift(`advice:${quote}`);
      say('lesson-removed');
      return `Taken out of ${place.name}; it holds no more.`;
    },
  };
}
