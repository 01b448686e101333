import { realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import * as z from 'zod';
import { spellAsOnDisk } from '../../src/core/text/accents.ts';

/** A path argument: not empty and without NUL, which no file system takes. */
export const pathInput = z
  .string()
  .min(1, 'the path is empty')
  .refine((path) => !path.includes('\0'), 'the path holds a NUL character');

/** The absolute path that an argument means: `~/` is the home folder, anything relative starts at `cwd`, accents are as on disk. */
export function resolvePath(cwd: string, path: string): string {
  if (path === '~' || path.startsWith('~/')) return spellAsOnDisk(join(homedir(), path.slice(1)));
  return spellAsOnDisk(resolve(cwd, path));
}

/** The path as the model and the user see it: relative inside `cwd`, with control characters quoted. */
export function showPath(cwd: string, path: string): string {
  const way = relative(cwd, path);
  const isOutside = way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
  return quoteName(isOutside ? path : way || '.');
}

const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A name with line breaks, escape sequences or invisible characters is shown as a JSON string; others stay as they are. */
export function quoteName(name: string): string {
  if (name.search(unprintable) === -1) return name;
  const escaped = name.replace(/["\\]/g, '\\$&').replace(unprintable, (character) => {
    const units = [...character].flatMap((each) =>
      Array.from({ length: each.length }, (_, index) => each.charCodeAt(index)),
    );
    return units
      .map((unit) =>
        unit === 10 ? '\\n' : unit === 13 ? '\\r' : unit === 9 ? '\\t' : `\\u${unit.toString(16).padStart(4, '0')}`,
      )
      .join('');
  });
  return `"${escaped}"`;
}

/** The name under which a file's stamp is kept: links resolved, so that two ways to one file share it. */
export async function stampKey(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    const folder = await realpath(dirname(path)).catch(() => dirname(path));
    return join(folder, path.slice(dirname(path).length));
  }
}
