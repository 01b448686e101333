import { readFileSync } from 'node:fs';
import { fileIdentity } from '../core/disk/file-identity.ts';

/**
 * What the arguments of bwrap do not say of the mounts that they make: which files and folders are at their paths, and what else is
 * mounted on this machine. A mount is gone with the file that it lies over, so mounts made earlier hold the same as new ones only while
 * this text is equal.
 */
export function describeMountState(bwrap: readonly string[]): string {
  const paths = new Set(bwrap.filter((word) => word.startsWith('/') && !kernelFolders.test(word)));
  return [readFileSync('/proc/self/mountinfo', 'latin1'), ...[...paths].map(fileIdentity)].join('\n');
}

/** What is there is the kernel's. */
const kernelFolders = /^\/(?:dev|proc|sys)(?:\/|$)/;
