import { constants, existsSync } from 'node:fs';
import { type FileHandle, mkdir, open, readlink, unlink } from 'node:fs/promises';
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
 * a command puts on the way leads elsewhere. `make`: what is missing on the way is made; with `onLink` so is what a link stands in the place
 * of, and it is told which link was removed for it and where that led. Throws the file system's error: ENOENT, and
 * ENOTDIR or ELOOP where something else than a folder is on the way. Only Linux has a way to name what is inside an open folder
 * (`/proc`); elsewhere the names themselves are used.
 */
export async function holdFolder(
  root: string,
  folder: string,
  { make, onLink }: { make: boolean; onLink?: (folder: string, target: string) => void },
): Promise<HeldFolder> {
  if (!canHold) {
    if (make) await mkdir(onDisk(root, folder), { recursive: true });
    return { at: (name) => onDisk(root, `${folder}/${name}`), close: () => Promise.resolve() };
  }
  let handle = await open(root, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const parts = folder === '.' ? [] : folder.split('/');
    for (const [index, part] of parts.entries()) {
      const tell = onLink && ((target: string) => onLink(parts.slice(0, index + 1).join('/'), target));
      const next = await openBelow(handle, part, make, tell);
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

async function openBelow(
  handle: FileHandle,
  name: string,
  make: boolean,
  onLink?: (target: string) => void,
): Promise<FileHandle> {
  const path = inside(handle, name);
  const openIt = () => open(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  if (make)
    await mkdir(path).catch((error) => {
      if (errorCode(error) !== 'EEXIST') throw error;
    });
  if (!onLink) return await openIt();
  try {
    return await openIt();
  } catch (error) {
    const target = await readlink(path).catch(() => undefined);
    if (target === undefined) throw error;
    await unlink(path);
    onLink(target);
    await mkdir(path);
    return await openIt();
  }
}

function inside(handle: FileHandle, name: string): Buffer {
  return Buffer.from(`/proc/${process.pid}/fd/${handle.fd}/${name}`, 'latin1');
}
