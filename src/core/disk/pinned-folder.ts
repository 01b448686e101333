import { constants } from 'node:fs';
import { open, readlink } from 'node:fs/promises';

/** A folder that is held open: names joined to `path` are looked up in it, whatever is put in its place meanwhile. */
export type PinnedFolder = { readonly path: string; readonly close: () => Promise<void> };

/**
 * Holds a folder, given by its real path, so that a link swapped in on the way to it leads nowhere. Only Linux has a way to name what is
 * inside an open folder (`/proc`); elsewhere the path itself is given back. Throws ENOTDIR, ELOOP or ESTALE when it is not that folder.
 */
export async function pinFolder(folder: string): Promise<PinnedFolder> {
  if (process.platform !== 'linux') return { path: folder, close: () => Promise.resolve() };
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const path = `/proc/${process.pid}/fd/${handle.fd}`;
  const real = await readlink(path).catch(() => undefined);
  if (real === folder) return { path, close: () => handle.close() };
  await handle.close();
  if (real === undefined) return { path: folder, close: () => Promise.resolve() };
  throw Object.assign(new Error(`${folder} was replaced while it was opened`), { code: 'ESTALE' });
}
