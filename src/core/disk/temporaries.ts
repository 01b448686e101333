import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { isProcessAlive } from '../process/platform.ts';
import { parseJson } from '../text/json.ts';
import { finishWrite, type UnfinishedWrite, unfinishedWrite } from './unfinished.ts';

const temporaryName = /^\.wink-[0-9a-f]{12}\.tmp$/;
const staleListMs = 24 * 3600 * 1000;

let list: string | undefined;

/** A name that no other file has, and by which a file left behind by a kill is known. */
export function newTemporaryName(): string {
  return `.wink-${randomBytes(6).toString('hex')}.tmp`;
}

/**
 * From now on each temporary file is noted in a list in `folder` before it is made, so that one left behind by kill -9 can be found.
 * Removes what runs that are dead have left, at once, after their writes in place are finished. Returns the number of removed files. An unwritable folder is not an error: then nothing is noted.
 */
export function rememberTemporaries(folder: string): number {
  try {
    const own = join(folder, `${hostname()}-${process.pid}.list`);
    if (list === own) return 0;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    list = own;
    const removed = sweepTemporaries(folder);
    process.once('exit', forgetTemporaries);
    return removed;
  } catch {
    list = undefined;
    return 0;
  }
}

function forgetTemporaries(): void {
  if (list !== undefined) rmSync(list, { force: true });
  list = undefined;
}

/**
 * Notes a temporary file that is about to be made, or a write in place that is about to begin, so that it is found again after a kill. The
 * temporary file's name must come from `newTemporaryName`.
 */
export function noteTemporary(entry: string | UnfinishedWrite): void {
  if (list === undefined) return;
  try {
    appendFileSync(list, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
  } catch {
    list = undefined;
  }
}

function sweepTemporaries(folder: string): number {
  let removed = 0;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!name.endsWith('.list') || path === list || !isListOfDead(path, name)) continue;
    for (const line of readFileSync(path, 'utf8').split('\n')) removed += removeListed(line);
    rmSync(path, { force: true });
  }
  return removed;
}

function isListOfDead(path: string, name: string): boolean {
  const match = /^(.*)-(\d+)\.list$/.exec(name);
  if (match?.[1] === hostname() && !isProcessAlive(Number(match[2]))) return true;
  return Date.now() - statSync(path).mtimeMs > staleListMs;
}

function removeListed(line: string): number {
  const path = parseJson(line);
  const unfinished = unfinishedWrite(path);
  if (unfinished && temporaryName.test(basename(unfinished.temporary))) return finishWrite(unfinished);
  if (typeof path !== 'string' || !temporaryName.test(basename(path))) return 0;
  try {
    rmSync(path);
    return 1;
  } catch {
    return 0;
  }
}
