import { constants, existsSync } from 'node:fs';
import { type FileHandle, mkdir, open } from 'node:fs/promises';
import { errorCode } from '../core/errors.ts';
import { onDisk } from './store-git.ts';

/** A folder that is held open. */
export type HeldFolder = {
  /** The place of a name (bytes as characters) in it, whatever is put in the folder's place meanwhile. */
  readonly at: (name: string) => Buffer;
  readonly close: () => Promise<void>;
};

/**
 * Goes down from `root` (absolute) to a folder below it (bytes as characters; `.` for the root itself) and holds it, so that no link that
 * a command puts on the way leads elsewhere. `make`: what is missing on the way is made. Throws the file system's error: ENOENT, and
 * ENOTDIR or ELOOP where something else than a folder is on the way. Only Linux has a way to name what is inside an open folder
 * (`/proc`); elsewhere the names themselves are used.
 */
export async function holdFolder(root: string, folder: string, { make }: { make: boolean }): Promise<HeldFolder> {
  if (!canHold) {
    if (make) await mkdir(onDisk(root, folder), { recursive: true });
    return { at: (name) => onDisk(root, `${folder}/${name}`), close: () => Promise.resolve() };
  }
  let handle = await open(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    for (const part of folder === '.' ? [] : folder.split('/')) {
      const next = await openBelow(handle, part, make);
      await handle.close();
      handle = next;
    }
  } catch (error) {
    await handle.close();
    throw error;
  }
  const held = handle;
  return { at: (name) => inside(held, name), close: () => held.close() };
}

const canHold = process.platform === 'linux' && existsSync('/proc/self/fd');

async function openBelow(handle: FileHandle, name: string, make: boolean): Promise<FileHandle> {
  const path = inside(handle, name);
  if (make)
    await mkdir(path).catch((error) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  return await open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

function inside(handle: FileHandle, name: string): Buffer {
  return Buffer.from(`/proc/${process.pid}/fd/${handle.fd}/${name}`, 'latin1');
}
