import {
  accessSync,
  appendFileSync,
  chmodSync,
  constants,
  copyFileSync,
  createWriteStream,
  existsSync,
  lstatSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { newTemporaryName, noteTemporary } from '../core/disk/temporaries.ts';
import { errorCode, UserError } from '../core/errors.ts';
import { writeText } from './write-text.ts';

/** Writes a file that the user named; one that is there stays as it is until the new one is whole. Throws UserError when it can't be written. */
export async function writeOutFile(path: string, text: string): Promise<void> {
  await fillOutFile(path, (stream) => writeText(stream, text));
}

/**
 * Has a file that the user named filled as a stream. It may be one of those that are read meanwhile: its name goes to the new one when all went
 * well, and when something went wrong the old one is still there. Throws UserError at once when it can't be written.
 */
export async function fillOutFile<Value>(path: string, fill: (stream: Writable) => Promise<Value>): Promise<Value> {
  const { fd, finish, giveUp } = orUserError(path, () => openPlace(path));
  const stream = createWriteStream(path, { fd });
  const ended = finished(stream);
  // A fault is thrown where it is awaited.
  ended.catch(() => undefined);
  try {
    const value = await fill(stream);
    stream.end();
    await ended;
    orUserError(path, finish);
    return value;
  } catch (error) {
    stream.destroy();
    giveUp();
    throw error;
  }
}

type Place = { readonly fd: number; readonly finish: () => void; readonly giveUp: () => void };

/** Where to write: beside a file, or at the name itself where nothing can be lost (a pipe, a device, a link to nothing). */
function openPlace(path: string): Place {
  const before = statSync(path, { throwIfNoEntry: false });
  const isBeside = before?.isFile() ?? lstatSync(path, { throwIfNoEntry: false }) === undefined;
  if (!isBeside) return { fd: openSync(path, 'w'), finish: () => {}, giveUp: () => {} };
  if (before) accessSync(path, constants.W_OK);
  const target = before ? realpathSync(path) : path;
  const { temporary, fd } = openTemporary(dirname(target), before !== undefined);
  return {
    fd,
    finish: () => {
      if (before) chmodSync(temporary, before.mode & 0o7777);
      if (before === undefined || before.nlink === 1) {
        try {
          return renameSync(temporary, target);
        } catch {
          // A mount point, or a folder that takes no new names.
        }
      }
      copyFileSync(temporary, target);
      rmSync(temporary, { force: true });
    },
    giveUp: () => rmSync(temporary, { force: true }),
  };
}

function openTemporary(folder: string, isThere: boolean): { temporary: string; fd: number } {
  const temporary = join(folder, newTemporaryName());
  try {
    noteTemporary(temporary);
    return { temporary, fd: openSync(temporary, 'wx') };
  } catch (error) {
    if (!isThere || folder === tmpdir()) throw error;
    return openTemporary(tmpdir(), isThere);
  }
}

/**
 * Makes sure that a file can be added to, before work begins whose result would be lost; leaves none behind where there was none.
 * Throws UserError when it can't.
 */
export function checkWritable(path: string): void {
  const isNew = !existsSync(path);
  orUserError(path, () => appendFileSync(path, '', { mode: 0o600 }));
  if (isNew) rmSync(path, { force: true });
}

function orUserError<Value>(path: string, act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    throw new UserError(`${path} can't be written (${errorCode(error) ?? String(error)}); give another place.`);
  }
}
