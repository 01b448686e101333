import { statSync } from 'node:fs';

/**
 * Which file or folder a path leads to now: equal only for the very same one, also where a new one was given the number of one that is
 * gone. Where a file system keeps no time of birth, that of the last change stands for it: then it may differ for the same one.
 */
export function fileIdentity(path: string): string {
  try {
    const { dev, ino, birthtimeNs, ctimeNs } = statSync(path, { bigint: true });
    return `${dev} ${ino} ${birthtimeNs || ctimeNs}`;
  } catch {
    return '-';
  }
}
