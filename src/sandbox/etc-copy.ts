import { copyFileSync, mkdirSync, renameSync, statSync, symlinkSync, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { statIfThere } from '../core/disk/stat-if-there.ts';
import { errorCode } from '../core/errors.ts';
import type { Mount } from './toolchains.ts';

/**
 * Makes a function that gives the mounts of /etc: one of a folder with copies of the files (each mount costs a command a fifth of a
 * millisecond, and there are thirty), and one of each folder in it. Files that changed are copied anew. `folder` makes and names a folder
 * that is ours alone; only files with the names of the mounts are put there, and nothing but an own draft is ever removed.
 */
export function createEtcCopy(mounts: readonly Mount[], folder: (() => string) | undefined): () => readonly Mount[] {
  if (!folder) return () => mounts;
  const bound = mounts.filter(({ from, isLink }) => !isLink && statIfThere(from)?.isDirectory());
  const copied = mounts.filter((mount) => !bound.includes(mount));
  const known = new Map<string, string>();
  return () => {
    try {
      const aim = folder();
      if (known.size === 0) for (const { path } of bound) mkdirSync(within(aim, path), { recursive: true });
      for (const mount of copied) {
        const stamp = stampOf(mount);
        if (known.get(mount.path) !== stamp) put(mount, within(aim, mount.path));
        known.set(mount.path, stamp);
      }
      return [{ path: '/etc', from: aim }, ...bound];
    } catch {
      // No room for copies: all are mounted one by one, which only takes longer.
      known.clear();
      return mounts;
    }
  };
}

function within(folder: string, path: string): string {
  return join(folder, path.slice('/etc/'.length));
}

function stampOf({ from, path, isLink }: Mount): string {
  const state = isLink ? (statSync(path, { throwIfNoEntry: false }) ?? statIfThere(path)) : statIfThere(from);
  return state ? `${state.ino} ${state.size} ${state.mtimeMs}` : '';
}

/** A command that runs has the folder mounted, so a file is replaced whole. What we can't read, a command could not read either. */
function put({ path, from, isLink }: Mount, aim: string): void {
  mkdirSync(dirname(aim), { recursive: true });
  const draft = `${aim}.draft`;
  if (statIfThere(draft)) unlinkSync(draft);
  // A link to a file becomes the file: outside a command it would lead nowhere, and trip whoever walks through the folder.
  if (isLink && !statSync(path, { throwIfNoEntry: false })?.isFile()) symlinkSync(from, draft);
  else if (!canCopy(isLink ? path : from, draft)) return;
  renameSync(draft, aim);
}

function canCopy(from: string, aim: string): boolean {
  try {
    copyFileSync(from, aim);
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'ENOENT'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}
