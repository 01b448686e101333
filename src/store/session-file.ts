import { randomBytes } from 'node:crypto';
import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import { redactedJson } from '../core/text/redact.ts';
import { createDoneCalls } from './done-calls.ts';
import { type SessionLine, sessionLineOf } from './session-lines.ts';
import { keepLiveWords } from './unfinished-answer.ts';

export type SessionFile = {
  readonly path: string;
  readonly append: (line: SessionLine) => void;
  /** A listener for the event stream: appends what belongs into the file. */
  readonly listen: (event: Event) => void;
  /** Brings to the disk what is written so far, so that `close` need not, while something else ends. */
  readonly sync: () => Promise<void>;
  readonly close: () => void;
};

/** An id that sorts by time and is easy to type the start of: `20261124-093012-7f3a`. */
export function newSessionId(now = new Date()): string {
  const stamp = now.toISOString().replace(/[-:]/g, '').replace('T', '-').slice(0, 15);
  return `${stamp}-${randomBytes(2).toString('hex')}`;
}

/** Ids become file names, so only plain ones are taken. */
export function isSessionId(id: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(id);
}

export function checkSessionId(id: string): string {
  if (isSessionId(id)) return id;
  throw new UserError(
    `A session id has letters, digits, ".", "_" and "-", at most 100; ${JSON.stringify(id)} was given.`,
  );
}

/** Where the file can't be written, it is tried again with a line that comes so much later. */
const tryAgainMs = 3_000;

/** Characters of lines that are kept for a file that can't be written; with more of them it is given up. */
const mostPending = 100_000_000;

/**
 * Opens a session file for appending, mode 0600 in folders of mode 0700. Each line is one write, so that a kill leaves at most one
 * broken line, the last; a file that ends in one gets a line break first. The file is synced to disk when it is closed, not at each
 * line, which would stop the program for 2 ms a line: a kill loses nothing, a power cut at most what the system had not written yet. When the file can't be written (full disk, read-only home)
 * `onFault` is called and the run goes on; the lines are kept, and written once they can be, which is reported too. `redact` is applied to each line's text.
 */
export function openSessionFile(
  folder: string,
  id: string,
  redact: (line: string) => string,
  onFault: (message: string) => void,
): SessionFile {
  const path = join(folder, `${checkSessionId(id)}.jsonl`);
  const file = openRetryingFile(path, onFault);
  const doneCalls = createDoneCalls();
  const append = (line: SessionLine) => file.write(redactedJson(line, redact));
  const words = keepLiveWords(path, redact);
  return {
    path,
    append,
    listen: (event) => {
      words.listen(event);
      // Thousands of them make an answer; the file has it when it is whole.
      if (event.type === 'text' || event.type === 'reasoning') return;
      for (const line of doneCalls(event)) append(line);
      const line = sessionLineOf(event, new Date().toISOString());
      if (line) append(line);
    },
    sync: file.sync,
    close: () => {
      words.close();
      file.close();
    },
  };
}

/** A file of lines that goes on where it could not be written for a while. */
function openRetryingFile(path: string, onFault: (message: string) => void) {
  let file: number | undefined;
  let needsBreak = false;
  let isSynced = false;
  let pending: string[] = [];
  let failedAt: number | undefined;
  const open = () => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const opened = openSync(path, 'a+', 0o600);
    needsBreak = endsMidLine(opened);
    return opened;
  };
  const fail = (error: unknown) => {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (failedAt === undefined)
      onFault(`The session is not being saved: ${path} can't be written (${reason}). The task continues.`);
    failedAt = performance.now();
    if (file !== undefined) closeSync(file);
    file = undefined;
  };
  const flush = () => {
    try {
      file ??= open();
      for (let text = pending[0]; text !== undefined; text = pending[0]) {
        writeWhole(file, `${needsBreak ? '\n' : ''}${text}\n`);
        needsBreak = false;
        isSynced = false;
        pending.shift();
      }
      if (failedAt !== undefined) onFault('The session is being saved again, with what was missing.');
      failedAt = undefined;
    } catch (error) {
      fail(error);
    }
  };
  flush();
  return {
    write: (text: string) => {
      pending.push(text);
      if (failedAt === undefined || performance.now() - failedAt > tryAgainMs) flush();
      else if (pending.reduce((sum, line) => sum + line.length, 0) > mostPending) pending = [];
    },
    sync: () =>
      new Promise<void>((resolve) => {
        if (file === undefined) return resolve();
        isSynced = true;
        fdatasync(file, (error) => {
          if (error) isSynced = false;
          resolve();
        });
      }),
    close: () => {
      if (pending.length > 0) flush();
      if (file !== undefined && !isSynced) syncNow(file);
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}

/** A full disk may take a part of a line, which is taken back then. */
function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  let at = 0;
  try {
    while (at < bytes.length) at += writeSync(file, bytes, at);
  } catch (error) {
    if (at > 0) ftruncateSync(file, fstatSync(file).size - at);
    throw error;
  }
}

function syncNow(file: number): void {
  try {
    fdatasyncSync(file);
  } catch {
    // A file system that can't sync, or a disk that went away: the lines were written, which is all that can be done.
  }
}

function endsMidLine(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return false;
  const last = Buffer.alloc(1);
  readSync(file, last, 0, 1, size - 1);
  return last[0] !== 10;
}
