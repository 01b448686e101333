import { type FSWatcher, watch } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { protectedBelow } from '../../core/disk/protected-files.ts';
import { statIfThere } from '../../core/disk/stat-if-there.ts';

/** Shorter commands are looked through at their end alone. */
const beginMs = 300;
/** Tests make such things and remove them at once. */
const standingMs = 250;
/** Times after which it does not matter any more that each was another one at the same place. */
const timesAtMost = 5;
/** What a person or an editor has open lies near the top. */
const mostFolders = 60;
const deepest = 2;
/** By so much the times of files may lie behind the clock. */
const clockMs = 20;
/** In a fuller folder only what comes from now on is seen. */
const mostEntries = 5_000;

/**
 * Watches folders that were there before a command began, at most some dozens from the top, for things that act by themselves: somebody may be in such
 * a folder, and what is made there acts within seconds. `onMade` is given the path of what has stood for a moment, or is there anew once too often.
 * In folders that the command made itself nobody is. Never throws; gives what ends it.
 */
export function watchStanding(
  roots: readonly string[],
  isActing: (path: string) => boolean,
  onMade: (path: string) => void,
): () => void {
  const startedMs = Date.now() - clockMs;
  const watchers: FSWatcher[] = [];
  const timers = new Map<string, NodeJS.Timeout>();
  const times = new Map<string, number>();
  let isClosed = false;
  const note = (path: string) => {
    const before = !isClosed && !timers.has(path) && isActing(path) ? identityOf(path) : undefined;
    if (before === undefined) return;
    const count = (times.get(path) ?? 0) + 1;
    times.set(path, count);
    const look = () => {
      timers.delete(path);
      const now = identityOf(path);
      if (isClosed || now === undefined) return;
      if (now === before || count >= timesAtMost) onMade(path);
      else note(path);
    };
    timers.set(path, setTimeout(look, count >= timesAtMost ? 0 : standingMs).unref());
  };
  const follow = (folder: string) => {
    try {
      const watcher = watch(folder, { persistent: false }, (_event, name) => {
        if (name !== null) see(join(folder, name), name);
      });
      watcher.on('error', () => watcher.close());
      watchers.push(watcher);
    } catch {
      // It is gone, or there are no more watches: the slower looks find what is made in it.
    }
  };
  const entered = new Set<string>();
  /** Follows a folder and notes what is in it already; gives the folders in it. */
  const enter = async (folder: string): Promise<string[]> => {
    if (isClosed || entered.has(folder) || entered.size >= 2 * mostFolders) return [];
    entered.add(folder);
    follow(folder);
    const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
    if (entries.length <= mostEntries) for (const { name } of entries) see(join(folder, name), name);
    return entries.flatMap((entry) =>
      entry.isDirectory() && !passed.test(entry.name) ? [join(folder, entry.name)] : [],
    );
  };
  const see = (path: string, name: string) => {
    note(path);
    // What `.config/mise` means is protected, and `.config` is not.
    if (protectedBelow(name).length > 0) void enter(path);
  };
  const begin = async () => {
    let level = [...roots];
    for (let depth = 0; depth <= deepest && level.length > 0; depth += 1) {
      const next: string[] = [];
      for (const folder of level) {
        if (isClosed || watchers.length >= mostFolders) return;
        if (depth > 0 && !(await wasThere(folder, startedMs))) continue;
        next.push(...(await enter(folder)));
      }
      level = next;
    }
  };
  const beginning = setTimeout(() => void begin(), beginMs).unref();
  return () => {
    isClosed = true;
    clearTimeout(beginning);
    for (const timer of timers.values()) clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

const passed = /^(node_modules|\.git)$/;

async function wasThere(folder: string, timeMs: number): Promise<boolean> {
  const state = await lstat(folder).catch(() => undefined);
  return state !== undefined && state.birthtimeMs > 0 && state.birthtimeMs < timeMs;
}

function identityOf(path: string): string | undefined {
  const state = statIfThere(path);
  return state && `${state.ino} ${state.birthtimeMs}`;
}
