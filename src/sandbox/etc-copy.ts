import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { statIfThere } from '../core/disk/stat-if-there.ts';
import { errorCode } from '../core/errors.ts';
import type { Mount } from './toolchains.ts';

/** A copy that no session has begun with for so long is removed. */
const keptMs = 7 * 24 * 60 * 60 * 1000;

/**
 * Makes a function that gives the mounts of /etc: one of a folder with copies of the files (each mount costs a command a fifth of a
 * millisecond, and there are thirty), and one of each folder in it. The copy lies in `store` under a name made from the state of all files
 * and never changes, so all sessions of a machine share it, and one with other files (a container with the same home) has its own.
 */
export function createEtcCopy(mounts: readonly Mount[], store: string | undefined): () => readonly Mount[] {
  if (store === undefined) return () => mounts;
  const bound = mounts.filter(({ from, isLink }) => !isLink && statIfThere(from)?.isDirectory());
  const copied = mounts.filter((mount) => !bound.includes(mount));
  let last = '';
  return () => {
    try {
      const aim = join(store, nameOf(copied, bound));
      if (aim !== last || !existsSync(aim)) openCopy(aim, copied, bound);
      last = aim;
      return [{ path: '/etc', from: aim }, ...bound];
    } catch {
      // No room for copies: all are mounted one by one, which only takes longer.
      return mounts;
    }
  };
}

function nameOf(copied: readonly Mount[], bound: readonly Mount[]): string {
  const hash = createHash('sha256');
  for (const mount of copied) hash.update(`${mount.path} ${stampOf(mount)}\n`);
  for (const { path } of bound) hash.update(`${path}\n`);
  return hash.digest('hex').slice(0, 16);
}

function stampOf({ from, path, isLink }: Mount): string {
  const state = isLink ? (statSync(path, { throwIfNoEntry: false }) ?? statIfThere(path)) : statIfThere(from);
  return state ? `${state.ino} ${state.size} ${state.mtimeMs} ${state.ctimeMs}` : '';
}

/** Made whole under a name of this process first: another session may be making the same. */
function openCopy(aim: string, copied: readonly Mount[], bound: readonly Mount[]): void {
  if (existsSync(aim)) {
    utimesSync(aim, new Date(), new Date());
    return;
  }
  const draft = `${aim}.${process.pid}`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true, mode: 0o700 });
  for (const { path } of bound) mkdirSync(within(draft, path), { recursive: true });
  for (const mount of copied) put(mount, within(draft, mount.path));
  try {
    renameSync(draft, aim);
  } catch (error) {
    if (!['EEXIST', 'ENOTEMPTY'].includes(errorCode(error) ?? '')) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
  removeOld(dirname(aim));
}

function within(folder: string, path: string): string {
  return join(folder, path.slice('/etc/'.length));
}

/** What we can't read, a command could not read either. */
function put({ path, from, isLink }: Mount, aim: string): void {
  mkdirSync(dirname(aim), { recursive: true });
  // A link to a file becomes the file: outside a command it would lead nowhere, and trip whoever walks through the folder.
  const leadsNowhere = isLink && !statSync(path, { throwIfNoEntry: false })?.isFile();
  try {
    if (leadsNowhere) symlinkSync(from, aim);
    else copyFileSync(isLink ? path : from, aim);
  } catch (error) {
    if (!['EACCES', 'EPERM', 'ENOENT'].includes(errorCode(error) ?? '')) throw error;
  }
}

function removeOld(store: string): void {
  for (const name of readdirSync(store)) {
    const path = join(store, name);
    const isOurs = /^[\da-f]{16}(\.\d+)?$/.test(name);
    if (isOurs && (statIfThere(path)?.mtimeMs ?? 0) < Date.now() - keptMs)
      rmSync(path, { recursive: true, force: true });
  }
}
