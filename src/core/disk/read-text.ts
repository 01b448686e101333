import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { errorCode, messageOf } from '../errors.ts';
import { decodeBytes } from '../text/decode.ts';

const maxBytes = 8_000_000;

/**
 * The bytes of a regular file, at most `limit` of them. A pipe or a device, which a repository may put where a file is expected, would
 * hold or flood the program: for these, and for a larger file, it throws an error with code `EINVAL` or `EFBIG`, else as `readFileSync`.
 */
export function readRegular(path: string, limit = maxBytes): Buffer {
  const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0));
  try {
    const state = fstatSync(file);
    if (state.isDirectory()) throw fail('EISDIR', `${path} is a folder`);
    if (!state.isFile()) throw fail('EINVAL', `${path} is not a regular file`);
    if (state.size > limit) throw fail('EFBIG', `${path} is larger than ${limit} bytes`);
    const buffer = Buffer.alloc(state.size);
    let length = 0;
    for (let read = 1; read > 0 && length < buffer.length; length += read)
      read = readSync(file, buffer, length, buffer.length - length, length);
    return buffer.subarray(0, length);
  } finally {
    closeSync(file);
  }
}

function fail(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** The text of a small file that people or other programs wrote, whatever its encoding (see `decodeBytes`). Throws as `readRegular` does. */
export function readText(path: string): string {
  return decodeBytes(readRegular(path));
}

/** Why a file or folder could not be read, in words that follow "can't be read: ". */
export function whyUnreadable(error: unknown): string {
  const code = errorCode(error);
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return 'you have no permission to read it';
    case 'EINVAL':
      return 'it is a pipe or a device, not a regular file';
    case 'EISDIR':
      return 'it is a folder';
    case 'ENOTDIR':
      return 'it is not a folder';
    case 'ENOENT':
      return 'it does not exist';
    case 'EFBIG':
      return 'it is too large';
    default:
      return code ?? messageOf(error);
  }
}
