import { statSync } from 'node:fs';

/**
 * Which file or folder a path leads to now: equal only for the very same one, also where a new one was given the number of one that is
 * gone. Where it has no time of birth (some file systems keep none, images are made without), that of its last change stands for it: then
 * the answer may differ for the same one. Not so for folders such as /tmp: they change all the time, and nobody replaces them.
 */
export function fileIdentity(path: string): string {
  try {
    const { dev, ino, birthtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return `${dev} ${ino} ${birthtimeNs || (/^\/[^/]*$/.test(path) ? 0n : ctimeNs)}`;
  } catch {
    return '-';
  }
}
