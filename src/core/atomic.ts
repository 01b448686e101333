import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { chown, open, readlink, realpath, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';

const temporaryName = /^\.wink-[0-9a-f]{12}\.tmp$/;
const staleListMs = 24 * 3600 * 1000;

let list: string | undefined;

/**
 * Replaces a file so that whoever looks sees the old bytes or the new ones, never half, also after kill -9, a full disk or a power cut:
 * the new bytes are on the disk before the name is theirs (about 5 ms on an SSD, against seconds for the turn that asked for it; without
 * that, file systems other than ext4 may leave an empty file). The folder is not synced: a rename lost to a power cut leaves the old file. Links are
 * followed; mode and owner of an existing file are kept unless `mode` is given; a new file gets `mode` (default 0666 less the umask).
 * Where the folder allows no rename (a read-only folder with a writable file, a file that is a mount point) it is written in place.
 * Throws the file system's own error (ENOENT when the folder is missing); the old file is then untouched.
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array, mode?: number): Promise<void> {
  const target = await followLinks(path);
  const before = await stat(target).catch(() => undefined);
  const temporary = join(dirname(target), newTemporaryName());
  noteTemporary(temporary);
  try {
    await writeTemporary(temporary, data, mode ?? (before ? before.mode & 0o7777 : undefined));
    if (before) await keepOwner(temporary, before);
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    if (!before || !needsWriteInPlace(error)) throw error;
    await writeFile(target, data);
  }
}

/** A name that no other file has, and by which a file left behind by a kill is known. */
export function newTemporaryName(): string {
  return `.wink-${randomBytes(6).toString('hex')}.tmp`;
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

async function writeTemporary(temporary: string, data: string | Uint8Array, mode: number | undefined): Promise<void> {
  const file = await open(temporary, 'wx', mode === undefined ? 0o666 : 0o600);
  try {
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

/** The code of a system error (`ENOENT`), or undefined for other errors. */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/**
 * From now on each temporary file is noted in a list in `folder` before it is made, so that one left behind by kill -9 can be found.
 * Removes what runs that are dead have left, at once. Returns the number of removed files. An unwritable folder is no error: then nothing is noted.
 */
export function rememberTemporaries(folder: string): number {
  try {
    const own = join(folder, `${hostname()}-${process.pid}.list`);
    if (list === own) return 0;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    list = own;
    const removed = sweepTemporaries(folder);
    process.once('exit', forgetTemporaries);
    return removed;
  } catch {
    list = undefined;
    return 0;
  }
}

function forgetTemporaries(): void {
  if (list !== undefined) rmSync(list, { force: true });
  list = undefined;
}

/** Notes a temporary file that is about to be made, so that it is found again after a kill. Its name must come from `newTemporaryName`. */
export function noteTemporary(path: string): void {
  if (list === undefined) return;
  try {
    appendFileSync(list, `${JSON.stringify(path)}\n`, { mode: 0o600 });
  } catch {
    list = undefined;
  }
}

function sweepTemporaries(folder: string): number {
  let removed = 0;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (!name.endsWith('.list') || path === list || !isListOfDead(path, name)) continue;
    for (const line of readFileSync(path, 'utf8').split('\n')) removed += removeListed(line);
    rmSync(path, { force: true });
  }
  return removed;
}

function isListOfDead(path: string, name: string): boolean {
  const match = /^(.*)-(\d+)\.list$/.exec(name);
  if (match?.[1] === hostname() && !isProcessAlive(Number(match[2]))) return true;
  return Date.now() - statSync(path).mtimeMs > staleListMs;
}

function removeListed(line: string): number {
  let path: unknown;
  try {
    path = JSON.parse(line);
  } catch {
    return 0;
  }
  if (typeof path !== 'string' || !temporaryName.test(basename(path))) return 0;
  try {
    rmSync(path);
    return 1;
  } catch {
    return 0;
  }
}

/** Whether a process with this id exists on this machine, ours or another user's. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
