import { constants, type Stats } from 'node:fs';
import { chown, lstat, open, readlink, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode } from '../errors.ts';
import { copyAttributes } from './attributes.ts';
import { writeInPlace } from './in-place.ts';
import { pinFolder } from './pinned-folder.ts';
import { newTemporaryName, noteTemporary } from './temporaries.ts';

/**
 * Replaces a file so that whoever looks sees the old bytes or the new ones, never half, also after kill -9, a full disk or a power cut:
 * the new bytes are on the disk before the name is theirs (about 5 ms on an SSD, against seconds for the turn that asked for it; without
 * that, file systems other than ext4 may leave an empty file). The folder is not synced: a rename lost to a power cut leaves the old file. Links are
 * followed; mode, owner and extended attributes of an existing file are kept unless `mode` is given; a new file gets `mode` (default 0666
 * less the umask). A file with several names (hard links) is written in place, so that all of them have the new text; when that is cut
 * short by a kill, the next start finishes it. Where the folder allows no rename (a read-only folder with a writable file, a file that is a
 * mount point) it is written in place too.
 * `checkedPath` is the real path that was allowed: the write goes there and nowhere else, whatever links have been put in since.
 * Throws the file system's own error (ENOENT when the folder is missing); the old file is then untouched.
 */
export async function writeFileAtomic(
  path: string,
  data: string | Uint8Array,
  mode?: number,
  checkedPath?: string,
): Promise<void> {
  const real = checkedPath ?? (await followLinks(path));
  const folder = await pinFolder(checkedPath === undefined ? await realFolder(dirname(real)) : dirname(real));
  const target = join(folder.path, basename(real));
  const name = newTemporaryName();
  const temporary = join(folder.path, name);
  noteTemporary(join(dirname(real), name));
  try {
    const before = await lookAt(target);
    const source = before?.isFile() && mode === undefined ? target : undefined;
    try {
      await writeTemporary(temporary, data, mode ?? (before ? before.mode & 0o7777 : undefined), source);
      if (before?.isFile() && before.nlink > 1) return await writeInPlace(target, temporary, data);
      if (before) await keepOwner(temporary, before);
      await rename(temporary, target);
    } catch (error) {
      await unlink(temporary).catch(() => {});
      if (!before || !needsWriteInPlace(error)) throw error;
      await writeFile(target, data, { flag: constants.O_WRONLY | constants.O_TRUNC | (constants.O_NOFOLLOW ?? 0) });
    }
  } finally {
    await folder.close();
  }
}

/** The folder of a path that has no links of its own; in a folder that was checked, links have been followed already. */
async function realFolder(folder: string): Promise<string> {
  return await realpath(folder).catch(() => folder);
}

/** What is at a path whose links were followed; a link there was put in since. */
async function lookAt(target: string): Promise<Stats | undefined> {
  const state = await lstat(target).catch(() => undefined);
  if (state?.isSymbolicLink()) throw Object.assign(new Error(`${target} has become a link`), { code: 'ESTALE' });
  return state;
}

/** A dangling link resolves to the path it points to, so that the write creates what the link names. */
async function followLinks(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const aim = await readlink(path).catch(() => undefined);
    if (aim === undefined) return path;
    return resolve(dirname(path), aim);
  }
}

async function writeTemporary(
  temporary: string,
  data: string | Uint8Array,
  mode: number | undefined,
  source: string | undefined,
): Promise<void> {
  const file = await open(temporary, 'wx', mode === undefined ? 0o666 : 0o600);
  try {
    if (source !== undefined) await copyAttributes(source, temporary);
    await file.truncate();
    await file.writeFile(data);
    if (mode !== undefined) await file.chmod(mode);
    await file.sync().catch(passUnsupported);
  } finally {
    await file.close();
  }
}

/** Some network and FUSE file systems can't sync; the write is as good there as they make it. */
function passUnsupported(error: unknown): void {
  if (!['EINVAL', 'ENOSYS', 'ENOTSUP', 'EOPNOTSUPP', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
}

async function keepOwner(temporary: string, before: { uid: number; gid: number }): Promise<void> {
  const own = await stat(temporary);
  if (own.uid === before.uid && own.gid === before.gid) return;
  await chown(temporary, before.uid, before.gid).catch(() => {});
}

function needsWriteInPlace(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'EACCES' || code === 'EPERM' || code === 'EBUSY' || code === 'EXDEV';
}
