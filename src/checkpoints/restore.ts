import { isUtf8 } from 'node:buffer';
import { chmod, lstat, rename, rmdir, symlink, unlink, writeFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { copyAttributes } from '../core/disk/attributes.ts';
import { writeInPlace } from '../core/disk/in-place.ts';
import { newTemporaryName, noteTemporary } from '../core/disk/temporaries.ts';
import { errorCode } from '../core/errors.ts';
import type { TreeChange, TreeEntry } from './diff-trees.ts';
import { type HeldFolder, holdFolder } from './held-folder.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import { onDisk, textOfPath } from './store-git.ts';

export type RestoreFailure = { readonly path: string; readonly reason: string };

/** A link that stood in the place of a folder, and where it led: nothing else is known of it afterwards. */
export type RemovedLink = { readonly path: string; readonly target: string };

/** What could not be written, and the links that were in the way. Paths from the folder of the store. */
export type Applied = { readonly failures: readonly RestoreFailure[]; readonly links: readonly RemovedLink[] };

/**
 * Makes the files on disk what `to` of each change says. Each file is replaced by a rename, so that it is old or new at any moment (one
 * with several names is written in place); a file that can't be written is reported and the others go on. Their folders are found step by
 * step from `root`, below which the changes' paths begin with `prefix`, so that a link leads nowhere else.
 */
export async function applyChanges(
  store: SnapshotStore,
  changes: readonly TreeChange[],
  { root, prefix }: { readonly root: string; readonly prefix: string } = { root: store.root, prefix: '' },
): Promise<Applied> {
  const failures: RestoreFailure[] = [];
  const links: RemovedLink[] = [];
  const onLink = (path: string, target: string) =>
    void links.push({ path: textOfPath(path.slice(prefix.length)), target });
  const each = async (change: TreeChange, act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      failures.push({ path: textOfPath(change.path), reason: errorCode(error) ?? String(error) });
    }
  };
  for (const change of changes) if (!change.to) await each(change, () => removeFile(root, prefix + change.path));
  const written = changes.filter((change): change is TreeChange & { to: TreeEntry } => change.to !== undefined);
  for (let at = 0; at < written.length; at += 200) {
    const batch = written.slice(at, at + 200);
    const contents = await readBlobs(
      store,
      batch.map((change) => change.to.blob),
    );
    for (const [index, change] of batch.entries())
      await each(change, () =>
        writeEntry(root, prefix + change.path, { entry: change.to, content: contents[index]! }, onLink),
      );
  }
  return { failures, links };
}

async function removeFile(root: string, path: string): Promise<void> {
  if (!(await isGone(root, path, unlink))) return;
  for (let folder = posix.dirname(path); folder !== '.'; folder = posix.dirname(folder))
    if (!(await isGone(root, folder, rmdir))) return;
}

/** Removes the path by `remove`; false when it is a folder that something is left in. */
async function isGone(root: string, path: string, remove: typeof unlink): Promise<boolean> {
  try {
    const folder = await holdFolder(root, posix.dirname(path), { make: false });
    await remove(folder.at(posix.basename(path))).finally(folder.close);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return true;
    if (remove === rmdir) return false;
    throw error;
  }
}

async function writeEntry(
  root: string,
  path: string,
  { entry, content }: { readonly entry: TreeEntry; readonly content: Buffer },
  onLink: (path: string, target: string) => void,
): Promise<void> {
  const folder = await holdFolder(root, posix.dirname(path), { make: true, onLink });
  const name = newTemporaryName();
  noteTemporary(onDisk(root, posix.join(posix.dirname(path), name)).toString('utf8'));
  await writeIn(folder, { name: posix.basename(path), temporaryName: name }, entry, content).finally(folder.close);
}

async function writeIn(
  folder: HeldFolder,
  { name, temporaryName }: { readonly name: string; readonly temporaryName: string },
  entry: TreeEntry,
  content: Buffer,
): Promise<void> {
  const [target, temporary] = [folder.at(name), folder.at(temporaryName)];
  try {
    if (entry.mode === '120000') await symlink(content, temporary);
    else {
      const before = await lstat(target).catch(() => undefined);
      const stands = before?.isFile() ? before : undefined;
      await writeFile(temporary, '', { flag: 'wx' });
      if (stands) await copyAttributes(target.toString('utf8'), temporary.toString('utf8'));
      await writeFile(temporary, content);
      await chmod(temporary, modeFor(stands?.mode, entry));
      if (stands && stands.nlink > 1 && isUtf8(target)) {
        await writeInPlace(target.toString('utf8'), temporary.toString('utf8'), content);
        return await chmod(target, modeFor(stands.mode, entry));
      }
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

/** The bits of the file that is there (`mode`; undefined: there is none), with the bits for running as the entry says. */
function modeFor(mode: number | undefined, entry: TreeEntry): number {
  const before = mode === undefined ? 0o666 & ~process.umask() : mode & 0o777;
  return entry.mode === '100755' ? before | ((before & 0o444) >> 2) : before & ~0o111;
}

/** The contents of blobs, in their order, through one process: `<hash> blob <size>\n<bytes>\n` each. */
async function readBlobs(store: SnapshotStore, blobs: readonly string[]): Promise<Buffer[]> {
  const output = await store.git(['cat-file', '--batch'], Buffer.from(blobs.map((blob) => `${blob}\n`).join('')));
  const contents: Buffer[] = [];
  let at = 0;
  for (const blob of blobs) {
    const end = output.indexOf(10, at);
    const size = Number(output.toString('latin1', at, end).split(' ')[2]);
    if (end === -1 || !Number.isInteger(size))
      throw new Error(`The kept content ${blob} is missing from the checkpoint store.`);
    contents.push(output.subarray(end + 1, end + 1 + size));
    at = end + 1 + size + 1;
  }
  return contents;
}
