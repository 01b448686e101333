import { closeSync, constants, cpSync, openSync, readlinkSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../../core/errors.ts';
import { moveHeld } from './move-held.ts';

/**
 * Moves what lies at a path in one of the roots to `aim`; false where it is not there any more, or a folder on the way leads out of them: another
 * process may have put a link to files of the user's in its place.
 */
export function putAside(path: string, aim: string, roots: readonly string[]): boolean {
  const folder = dirname(path);
  const root = roots.find((each) => path.startsWith(`${each}/`));
  try {
    const real = realpathSync(folder);
    if (root !== undefined && !roots.some((each) => `${real}/`.startsWith(`${realpathSync(each)}/`))) return false;
    const pinned = openSync(real, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    try {
      return move(pinned, real, basename(path), aim);
    } finally {
      closeSync(pinned);
    }
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

/** Only Linux names what is inside an open folder; elsewhere it is looked at where the path leads just before. */
function move(pinned: number, real: string, name: string, aim: string): boolean {
  const isLinux = process.platform === 'linux';
  const held = isLinux ? `/proc/self/fd/${pinned}` : real;
  if ((isLinux ? readlinkSync(held) : realpathSync(real)) !== real) return false;
  const from = join(held, name);
  try {
    renameSync(from, aim);
  } catch (error) {
    if (errorCode(error) !== 'EXDEV') throw error;
    if (isLinux) {
      moveHeld(pinned, Buffer.from(name), Buffer.from(aim));
      return true;
    }
    cpSync(from, aim, { recursive: true, verbatimSymlinks: true });
    rmSync(from, { recursive: true, force: true });
  }
  return true;
}
