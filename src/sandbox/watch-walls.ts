import { type FSWatcher, readdirSync, rmSync, watch } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { statIfThere } from '../core/disk/stat-if-there.ts';
import { firstFew } from '../core/text/count.ts';
import type { Confinement } from '../core/tool.ts';
import type { WallWatch } from '../core/wrapped-command.ts';
import type { MarkFinder, Marks, MarkTests } from './marks/marks.ts';

/** Folders that are watched while a command runs; in others it is looked when it has ended. */
const maxWatched = 100;

export type WallParts = {
  readonly roots: readonly string[];
  readonly look: MarkFinder;
  readonly isHidden: MarkTests['isHidden'];
  readonly confinement: Confinement;
  /** The folder that stands for /tmp in such commands. */
  readonly temporary: () => string;
  /** Tells the user. */
  readonly warn: (message: string) => void;
};

/**
 * What is mounted over a file goes when somebody else replaces that file, as editors and git do when they save: from then on the command
 * that runs can read the secret, or write what runs code. And what is new was never covered. Such a command is ended at once, and what it
 * printed is held back. A command can't do that itself to what is mounted over; a file of a new name may be its own, unless it can write none.
 */
export function watchWalls(
  before: Marks,
  { roots, look, isHidden, confinement, temporary, warn }: WallParts,
): WallWatch {
  const isReader = confinement === 'read-only';
  const covered = new Map([...before.hidden, ...before.fixed].map((path) => [path, identify(path)]));
  const identities = new Set(covered.values());
  const isUncovered = (path: string) => {
    const identity = identify(path);
    return identity !== undefined && !identities.has(identity);
  };
  return (onBroken) => {
    let words: string | undefined;
    let told: readonly string[] = [];
    const breakOff = (paths: readonly string[], what: string, advice: string) => {
      told = paths;
      const names = firstFew(
        paths.map((path) => shorten(path, roots)),
        4,
      );
      words = `${names} was saved or replaced while this command ran, which could ${what} it from then on: it was ended, and what it printed is held back. ${advice}`;
      warn(
        `${names} was saved or replaced while a command ran that nobody was asked about, and which could ${what} it from then on. The command was ended, and what it printed is held back from the model.`,
      );
      onBroken();
    };
    const check = async () => {
      if (words !== undefined) return words;
      const now = await look();
      const seen = now?.hidden.filter((path) => isHidden(path) && (isReader || covered.has(path)) && isUncovered(path));
      const written = isReader ? [] : before.fixed.filter(isUncovered);
      if (words === undefined && written.length > 0) breakOff(written, 'write to', 'Tell the user to look at it.');
      if (words === undefined && seen && seen.length > 0) breakOff(seen, 'read', 'Call it again.');
      return words;
    };
    const concerns = (path: string) => covered.has(path) || (isReader && isHidden(path));
    const close = watchNames([...covered.keys()], roots, concerns, () => void check());
    const clean = () => {
      emptyFolder(temporary());
      const more = isReader ? [] : before.fixed.filter((path) => isUncovered(path) && !told.includes(path));
      if (more.length > 0)
        warn(
          `Replaced before it had ended, too: ${firstFew(
            more.map((path) => shorten(path, roots)),
            8,
          )}. Look at them.`,
        );
    };
    return { check, close, clean };
  };
}

/** Tells the user when somebody replaces what an allowed command may not write: its mount is gone then. Such a command is not ended. */
export function watchFixed(fixed: readonly string[], roots: readonly string[], warn: WallParts['warn']): WallWatch {
  const covered = new Map(fixed.map((path) => [path, identify(path)]));
  return () => {
    const told = new Set<string>();
    const close = watchNames(
      fixed,
      [],
      (path) => covered.has(path),
      (path) => {
        const identity = identify(path);
        if (identity === undefined || identity === covered.get(path) || told.has(path)) return;
        told.add(path);
        warn(
          `${shorten(path, roots)} was replaced (by git or an editor) while a command runs that you allowed: until that has ended it can write to the new one, which may run code. End it, or look at the file when it has ended.`,
        );
      },
    );
    return { check: async () => undefined, close, clean: () => {} };
  };
}

/** Watches the folders of some paths for names that come anew; gives what ends it. */
function watchNames(
  paths: readonly string[],
  roots: readonly string[],
  concerns: (path: string) => boolean,
  onNew: (path: string) => void,
): () => void {
  const folders = [...new Set([...roots, ...paths.map((path) => dirname(path))])].slice(0, maxWatched);
  const watchers = folders.flatMap((folder): FSWatcher[] => {
    try {
      const watcher = watch(folder, { persistent: false }, (event, name) => {
        if (event === 'rename' && name !== null && concerns(join(folder, name))) onNew(join(folder, name));
      });
      watcher.on('error', () => watcher.close());
      return [watcher];
    } catch {
      // It is gone, or there are no more watches: it is looked when the command has ended.
      return [];
    }
  });
  return () => {
    for (const watcher of watchers) watcher.close();
  };
}

function emptyFolder(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true, force: true });
}

function identify(path: string): string | undefined {
  const state = statIfThere(path);
  return state && `${state.dev} ${state.ino}`;
}

function shorten(path: string, roots: readonly string[]): string {
  const root = roots.find((each) => path.startsWith(`${each}/`));
  return root === undefined ? basename(path) : path.slice(root.length + 1);
}
