import {
  appendFileSync,
  createWriteStream,
  existsSync,
  openSync,
  rmSync,
  type WriteStream,
  writeFileSync,
} from 'node:fs';
import { errorCode, UserError } from '../core/errors.ts';

/** Writes a file that the user named. Throws UserError when it can't be written. */
export function writeOutFile(path: string, text: string): void {
  orUserError(path, () => writeFileSync(path, text));
}

/** Opens a file that the user named for writing as a stream. Throws UserError at once when it can't be written. */
export function openOutFile(path: string): WriteStream {
  const fd = orUserError(path, () => openSync(path, 'w'));
  return createWriteStream(path, { fd });
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
