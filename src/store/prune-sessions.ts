import { existsSync, lstatSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { wordsPath } from './unfinished-answer.ts';

export type PruneLimits = {
  /** Sessions that were not written to for so many days go. */
  readonly days: number;
  /** Above this size of sessions and kept outputs together, the oldest go. */
  readonly megabytes: number;
  /** Sessions that stay whatever their age. */
  readonly keep?: readonly string[];
  /** Milliseconds since 1970; default now. */
  readonly now?: number;
};

export type Pruned = { readonly sessions: readonly string[] /** Bytes that were freed. */; readonly bytes: number };

type Kept = {
  readonly id: string;
  readonly paths: readonly string[];
  readonly changedMs: number;
  readonly bytes: number;
};

const dayMs = 24 * 3600 * 1000;
/** What was written to this lately may belong to a run that is still going on. */
const restMs = 3600 * 1000;

/**
 * Removes old sessions with their kept outputs, by age and then by size, the oldest first; outputs and logs without a session go by age
 * alone. What was written to within the last hour stays. Files that can't be removed are passed over.
 */
export function pruneSessions(home: string, limits: PruneLimits): Pruned {
  const now = limits.now ?? Date.now();
  const keep = new Set(limits.keep ?? []);
  const sessions = findSessions(home).sort((left, right) => left.changedMs - right.changedMs);
  let total = sessions.reduce((sum, session) => sum + session.bytes, 0);
  const removed: Kept[] = [];
  for (const session of sessions) {
    const isOld = now - session.changedMs > limits.days * dayMs;
    const isTooMuch = total > limits.megabytes * 1_000_000;
    if ((!isOld && !isTooMuch) || keep.has(session.id) || now - session.changedMs < restMs) continue;
    for (const path of session.paths) remove(path);
    total -= session.bytes;
    removed.push(session);
  }
  const loose = removeLoose(home, now - limits.days * dayMs);
  removeEmptyFolders(join(home, 'sessions'));
  return {
    sessions: removed.map(({ id }) => id),
    bytes: loose + removed.reduce((sum, session) => sum + session.bytes, 0),
  };
}

function findSessions(home: string): Kept[] {
  const found: Kept[] = [];
  for (const slug of names(join(home, 'sessions'))) {
    for (const name of names(join(home, 'sessions', slug))) {
      if (!name.endsWith('.jsonl')) continue;
      const id = name.slice(0, -'.jsonl'.length);
      const path = join(home, 'sessions', slug, name);
      const paths = [path, wordsPath(path), join(home, 'outputs', id)].filter((each) => existsSync(each));
      const measures = paths.map(measure);
      found.push({
        id,
        paths,
        changedMs: Math.max(...measures.map(({ changedMs }) => changedMs)),
        bytes: sum(measures.map(({ bytes }) => bytes)),
      });
    }
  }
  return found;
}

/** Outputs of sessions that are gone, and logs, not written to since a moment. */
function removeLoose(home: string, beforeMs: number): number {
  const sessions = new Set(findSessions(home).map(({ id }) => id));
  const outputs = names(join(home, 'outputs')).filter((id) => !sessions.has(id));
  const paths = [
    ...outputs.map((id) => join(home, 'outputs', id)),
    ...names(join(home, 'logs')).map((name) => join(home, 'logs', name)),
  ];
  let bytes = 0;
  for (const path of paths) {
    const size = measure(path);
    if (size.changedMs >= beforeMs) continue;
    remove(path);
    bytes += size.bytes;
  }
  return bytes;
}

/** The size of a file, or of a folder with all in it, and when it was last written to. Links are not followed. */
function measure(path: string): { bytes: number; changedMs: number } {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return { bytes: 0, changedMs: 0 };
  if (!stats.isDirectory()) return { bytes: stats.size, changedMs: stats.mtimeMs };
  const inner = names(path).map((name) => measure(join(path, name)));
  return {
    bytes: sum(inner.map(({ bytes }) => bytes)),
    changedMs: Math.max(stats.mtimeMs, ...inner.map(({ changedMs }) => changedMs)),
  };
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // A file of somebody else's stays; the next time it is tried again.
  }
}

function removeEmptyFolders(folder: string): void {
  for (const name of names(folder)) {
    try {
      rmdirSync(join(folder, name));
    } catch {
      // It is not empty.
    }
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
