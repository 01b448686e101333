import {
  closeSync,
  constants,
  copyFileSync,
  fchmodSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readlinkSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { errorCode } from '../../core/errors.ts';

/**
 * Moves what a name means in an open folder to a place on another file system, and all that is in it. Every folder is held open while it is gone
 * through, so that no link that a command puts in the place of one leads elsewhere. Linux only. What comes into being meanwhile may stay.
 */
export function moveHeld(folder: number, name: Buffer, aim: Buffer): void {
  const path = placeIn(folder, name);
  const state = lstatSync(path);
  if (state.isDirectory()) moveFolder(path, aim);
  else {
    if (state.isSymbolicLink()) symlinkSync(readlinkSync(path, { encoding: 'buffer' }), aim);
    if (state.isFile()) copyHeld(path, aim);
    unlinkSync(path);
  }
}

function moveFolder(path: Buffer, aim: Buffer): void {
  const held = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  try {
    mkdirSync(aim, { recursive: true });
    for (const name of readdirSync(placeIn(held, Buffer.from('.')), { encoding: 'buffer' }))
      unlessExchanged(() => moveHeld(held, name, Buffer.concat([aim, Buffer.from('/'), name])));
  } finally {
    closeSync(held);
  }
  unlessExchanged(() => rmdirSync(path));
}

/** What a command put in the place of something that is moved, or into it, stays. */
function unlessExchanged(act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!exchanged.includes(errorCode(error) ?? '')) throw error;
  }
}

const exchanged = ['ENOENT', 'ENOTDIR', 'ENOTEMPTY', 'EEXIST', 'EISDIR', 'EPERM', 'ELOOP', 'EINVAL', 'ENXIO'];

function copyHeld(path: Buffer, aim: Buffer): void {
  const held = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    if (!fstatSync(held).isFile()) return;
    copyFileSync(`/proc/self/fd/${held}`, aim);
    const copy = openSync(aim, constants.O_RDONLY);
    fchmodSync(copy, fstatSync(held).mode);
    closeSync(copy);
  } finally {
    closeSync(held);
  }
}

function placeIn(folder: number, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), name]);
}
