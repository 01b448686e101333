import { existsSync } from 'node:fs';

/**
 * The path as it stands on disk: `é` may be one character in a name and two in what a person or a model writes (macOS and Linux differ).
 * A path that exists in neither form stays as it is.
 */
export function spellAsOnDisk(path: string): string {
  if (!/[^\0-\x7f]/.test(path) || existsSync(path)) return path;
  return [path.normalize('NFC'), path.normalize('NFD')].find((other) => existsSync(other)) ?? path;
}
