import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { errorCode, UserError } from '../core/errors.ts';
import { isSameProcessAlive, ownProcess } from '../core/process/process-identity.ts';
import { parseJson } from '../core/text/json.ts';

const holderSchema = z.object({ pid: z.number(), host: z.string(), startedAt: z.string().optional() });
type Holder = z.infer<typeof holderSchema>;

/** A holder on another machine shows that it lives by touching its lock this often. */
const touchMs = 60_000;
const silentMs = 5 * touchMs;
/** A dead holder's lock that can't be removed is not tried for ever. */
const maxTries = 20;

/** The locks that this process holds, and how often each was taken: a rewind opens a session again before it closes it. */
const held = new Map<string, { times: number; timer: NodeJS.Timeout }>();

/**
 * Takes a session for this process, so that no two programs write its file and lose each other's steps. Gives the function that lets go of
 * it. Throws UserError while another living process has it; the lock of a dead one is taken over. Where no file can be made there is no
 * lock: the session isn't saved there either.
 */
export function lockSession(folder: string, id: string): () => void {
  const path = join(folder, `${id}.lock`);
  const own = held.get(path);
  if (own) own.times += 1;
  else if (!takeLock(path, id)) return () => undefined;
  else {
    const timer = setInterval(() => touch(path), touchMs).unref();
    if (held.size === 0) process.once('exit', releaseAll);
    held.set(path, { times: 1, timer });
  }
  let isReleased = false;
  return () => {
    if (!isReleased) release(path);
    isReleased = true;
  };
}

function release(path: string): void {
  const lock = held.get(path);
  if (!lock) return;
  lock.times -= 1;
  if (lock.times > 0) return;
  clearInterval(lock.timer);
  held.delete(path);
  if (held.size === 0) process.off('exit', releaseAll);
  rmSync(path, { force: true });
}

function releaseAll(): void {
  for (const path of held.keys()) rmSync(path, { force: true });
}

/** False where no lock can be made. */
function takeLock(path: string, id: string): boolean {
  if (!makeFolder(dirname(path))) return false;
  for (let tries = 0; tries < maxTries; tries++) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, JSON.stringify({ ...ownProcess(), host: hostname() }));
      closeSync(file);
      return true;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') return false;
    }
    const holder = livingHolder(path);
    if (holder) {
      const where = holder.host === hostname() ? '' : ` on ${holder.host}`;
      throw new UserError(
        `The session ${id} is open in another wink-agent (process ${holder.pid}${where}), and two would lose each other's steps. End that one first, or begin another session.`,
      );
    }
    removeDead(path);
  }
  return false;
}

function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return true;
  } catch {
    return false;
  }
}

/** Who holds a lock; undefined when the holder is dead or the lock says nothing. */
function livingHolder(path: string): Holder | undefined {
  try {
    const holder = holderSchema.safeParse(parseJson(readFileSync(path, 'utf8')));
    const isFresh = Date.now() - statSync(path).mtimeMs < silentMs;
    // One that is just being written is empty.
    if (!holder.success) return isFresh ? { pid: 0, host: hostname() } : undefined;
    if (holder.data.host !== hostname()) return isFresh ? holder.data : undefined;
    return isSameProcessAlive(holder.data) ? holder.data : undefined;
  } catch {
    return undefined;
  }
}

/** Removes a dead holder's lock; when two programs do that at once, the second finds another file there and puts it back. */
function removeDead(path: string): void {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (livingHolder(aside)) renameSync(aside, path);
    else rmSync(aside, { force: true });
  } catch {
    // The other one was first.
  }
}

function touch(path: string): void {
  try {
    utimesSync(path, new Date(), new Date());
  } catch {
    // Removed by hand: the session goes on without.
  }
}
