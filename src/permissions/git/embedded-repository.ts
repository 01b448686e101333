import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRepository } from '../../core/disk/bare-repository.ts';

/**
 * Whether git takes a folder, or one around it, for a repository without a working tree before it comes to one with `.git`. Such a one can be
 * committed as ordinary files, and brings settings and hooks of its own.
 */
export function isInBareRepository(folder: string): boolean {
  for (let each = folder; each !== dirname(each); each = dirname(each)) {
    if (existsSync(join(each, '.git'))) return false;
    if (isRepository((name) => existsSync(join(each, name)))) return true;
  }
  return false;
}
