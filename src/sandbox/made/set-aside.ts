import { mkdirSync, readlinkSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { repositorySettings } from '../../core/disk/bare-repository.ts';
import { protectedNames } from '../../core/disk/protected-files.ts';
import { noteAside, setAsideFolder } from '../../core/disk/set-aside-folder.ts';
import { statIfThere } from '../../core/disk/stat-if-there.ts';
import { firstFew } from '../../core/text/count.ts';
import type { Confinement } from '../../core/tool.ts';
import type { Tidied } from '../../core/wrapped-command.ts';
import { findGitFolder } from '../git-folder.ts';
import type { MarkFinder, Marks } from '../marks/marks.ts';
import { nameOf } from '../missing-access.ts';
import { isPlainRepository } from '../plain-repository.ts';
import { putAside } from './put-aside.ts';

const ours = ['.wink', '.mcp.json'];

/**
 * Sets aside what appeared while a command ran where nothing was and nothing may be: a mount covers only what exists, so absent settings
 * are looked for again once the command and all its processes have ended. Call it before the command; the function it gives, after.
 */
export function watchAbsent(roots: readonly string[], confinement: Confinement, keepIn: () => string) {
  const absent = findAbsent(roots, confinement);
  return (isDue: (path: string) => boolean = () => true): Tidied | undefined => {
    return setAside(
      absent.filter((path) => exists(path) && runsCode(path, []) && isDue(path)),
      keepIn,
      roots,
    );
  };
}

/** Where nothing is and a command may make nothing. */
export function findAbsent(roots: readonly string[], confinement: Confinement): string[] {
  if (confinement === 'read-only') return [];
  return [...new Set(roots.flatMap((root) => placesOf(root, confinement)))].filter((path) => !exists(path));
}

const runsLater = 'can run code or change settings, which a command may not make';

export function setAside(
  found: readonly string[],
  keepIn: () => string,
  roots: readonly string[],
  why = runsLater,
): Tidied | undefined {
  if (found.length === 0) return undefined;
  const folder = setAsideFolder(keepIn());
  mkdirSync(folder, { recursive: true });
  const aims = found.map((path, index) => [path, join(folder, `${Date.now()}-${index}-${basename(path)}`)] as const);
  // What lay in a folder that was moved went with it.
  const left = aims.flatMap(([path, aim]) => (putAside(path, aim, roots) || !exists(path) ? [] : [path]));
  const moved = found.filter((path) => !left.includes(path));
  noteAside(
    folder,
    aims.filter(([path]) => moved.includes(path)),
  );
  const shorten = (path: string) => relative(roots.find((root) => path.startsWith(`${root}/`)) ?? '/', path);
  const missed = `[not set aside: ${left.join(', ')} ${why}, but the way there leads out of the workspace now; tell the user to look at it]`;
  if (moved.length === 0) return { note: missed };
  const names = moved.map((path) => nameOf(shorten(path), 'a file'));
  return {
    note: `${left.length === 0 ? '' : `${missed}\n`}[set aside: ${moved.join(', ')} appeared while this command ran and ${why}. Now in ${folder}; tell the user, who can move back what is not the command's]`,
    wants: `had this set aside, which can run code and appeared while it ran: ${firstFew(names, 4)} (/aside shows it and moves back what is yours; now in ${folder})`,
  };
}

/**
 * The same for what runs code anywhere in the workspace: nested repositories, folders of editors. What was only moved is left where it
 * is, since the command could not change it; so is a repository as git makes it, which names no programs. `find` gives the marks after
 * the command. With them go the pipes that it left, once it has ended.
 */
export function watchNested(before: Marks, find: MarkFinder, keepIn: () => string, roots: readonly string[]) {
  let unnamed: readonly string[] = [];
  const look: MarkFinder = async () => {
    const now = await find();
    unnamed = now?.unnamed?.filter((path) => !before.unnamed?.includes(path)) ?? [];
    return now;
  };
  const findMade = watchMarks(before, look, (marks) => [...pickActing(marks), ...(marks.pipes ?? [])]);
  const { fixed } = before;
  // No command replaces what is mounted over, nor moves the folder that holds it where that is a root.
  const isReplaced = (path: string) => fixed.includes(path) && roots.includes(dirname(path));
  return async (isDue?: (path: string) => boolean): Promise<Tidied | undefined> => {
    const made = await findMade();
    // While the command runs, it is said at its end.
    if (!made && isDue) return undefined;
    if (!made)
      return {
        note: notLooked,
        wants: 'made the workspace too large to be looked through, so it may have made something that runs code',
      };
    const active = made.filter((path) => !isPipe(path) && runsCode(path, fixed));
    if (isDue)
      return setAside(
        active.filter((path) => !isReplaced(path) && isDue(path)),
        keepIn,
        roots,
      );
    const moved = setAside(
      active.filter((path) => !isReplaced(path)),
      keepIn,
      roots,
    );
    const replaced = active.filter(isReplaced);
    const pipes = setAside(
      made.filter(isPipe),
      keepIn,
      roots,
      'is a pipe, at which git and whatever reads it would wait for ever',
    );
    const notes = [
      replaced.length > 0 && describeReplaced(replaced),
      moved?.note,
      pipes?.note,
      unnamed.length > 0 && describeUnnamed(unnamed),
    ].filter(Boolean);
    const wants = unnamed.length > 0 ? { wants: madeUnnamed } : {};
    return notes.length === 0 ? undefined : { ...wants, ...moved, note: notes.join('\n') };
  };
}

const madeUnnamed = 'made folders whose names are not UTF-8, in which it may have made something that runs code';

function describeUnnamed(paths: readonly string[]): string {
  return `[not looked through: ${firstFew(paths, 4)}, since such names are not UTF-8; it is not known whether something in it runs code; tell the user]`;
}

function isPipe(path: string): boolean {
  return statIfThere(path)?.isFIFO() === true;
}

/** Sets aside what came to one path, if it runs code, was not there before, and no command is kept from replacing it there. */
export function setAsideNew(before: Marks, keepIn: () => string, roots: readonly string[]) {
  const known = new Set(pickActing(before).flatMap(identify));
  return (path: string): Tidied | undefined => {
    const isNew = !before.fixed.includes(path) && identify(path).some((each) => !known.has(each));
    return isNew && runsCode(path, before.fixed) ? setAside([path], keepIn, roots) : undefined;
  };
}

function describeReplaced(paths: readonly string[]): string {
  return `[replaced by somebody else while this command ran: ${paths.join(', ')}; a command that runs can't be kept from writing to the new one, so tell the user to look at it]`;
}

/** Sets aside what appeared while an allowed command ran where a deny rule lets nothing be written. */
export function watchDenied(before: Marks, find: MarkFinder, keepIn: () => string, roots: readonly string[]) {
  const findMade = watchMarks(before, find, ({ hidden, fixed }) => [...hidden, ...fixed]);
  return async (): Promise<Tidied | undefined> => {
    const tidied = setAside((await findMade()) ?? [], keepIn, roots, 'a deny rule lets nothing be written there');
    return tidied && { note: tidied.note };
  };
}

/** Only says what an allowed command made that runs code later. */
export async function reportNested(find: MarkFinder) {
  const before = await find();
  const findMade = watchMarks(before, find);
  return async (): Promise<Tidied | undefined> => {
    const active = (await findMade())?.filter((path) => runsCode(path, before?.fixed ?? [])) ?? [];
    return active.length === 0
      ? undefined
      : {
          note: `[created: ${firstFew(active, 10)}; git, editors and other programs may run code from there; tell the user]`,
        };
  };
}

const notLooked =
  '[not looked through: after this command the workspace is too large, too deep or has secrets where they cannot be hidden, so it is not known whether it made something that runs code; tell the user]';

/** What is there now and was not before; undefined when not everything can be looked through any more. */
function watchMarks(before: Marks | undefined, find: MarkFinder, pick = pickActing) {
  const known = new Set(before && pick(before).flatMap(identify));
  return async (): Promise<string[] | undefined> => {
    const now = await find();
    // Where a link leads only now, nobody made what lies there; the link itself is new.
    const newlyLed = new Set(now?.led?.filter((path) => !before?.led?.includes(path)));
    return now && pick(now).filter((path) => !newlyLed.has(path) && identify(path).some((each) => !known.has(each)));
  };
}

export function pickActing({ fixed, links = [] }: Marks): readonly string[] {
  return [...fixed, ...links];
}

/** A link may be removed, unlike what is mounted over, and its number given to what comes next. */
export function identify(path: string): string[] {
  const state = statIfThere(path);
  if (!state) return [];
  return [`${state.dev} ${state.ino}${state.isSymbolicLink() ? ` ${readlinkSync(path)}` : ''}`];
}

/** Of a repository without a working tree its settings are the marks. `known`: what stood there before, which no command changed. */
export function runsCode(path: string, known: readonly string[]): boolean {
  const isRepository =
    basename(path) === '.git' || (repositorySettings.includes(basename(path)) && exists(join(dirname(path), 'HEAD')));
  const isKnown = (folder: string) => known.some((each) => folder === each || folder.startsWith(`${each}/`));
  return !isRepository || !isPlainRepository(path, isKnown);
}

function placesOf(root: string, confinement: Confinement): string[] {
  // Plain git commands may make a repository, whose settings are looked at then.
  const names =
    confinement === 'approved' ? ours : protectedNames.filter((name) => name !== '.git' || confinement === 'workspace');
  const git = findGitFolder(root);
  const settings = git
    ? [git.common, git.own].flatMap((folder) =>
        ['commondir', 'config.worktree', 'hooks', 'info/attributes'].map((name) => join(folder, name)),
      )
    : [];
  return [...names.map((name) => join(root, name)), ...settings];
}

function exists(path: string): boolean {
  return statIfThere(path) !== undefined;
}

/** What is said of several kinds of tidying as one. */
export function joinTidied(parts: readonly (Tidied | undefined)[]): Tidied | undefined {
  const said = parts.filter((each) => each !== undefined);
  if (said.length === 0) return undefined;
  const wants = said.find((each) => each.wants !== undefined)?.wants;
  return { note: said.map(({ note }) => note).join('\n'), ...(wants === undefined ? {} : { wants }) };
}
