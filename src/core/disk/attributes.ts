import { execFile } from 'node:child_process';
import { ownProgram } from '../process/find-program.ts';

/**
 * Gives a new, empty file the extended attributes and access lists of another one. Node has no call for them, and cp has (GNU coreutils,
 * macOS); it takes about 2 ms. Where there is no such cp, or the file system keeps none, nothing happens.
 */
export function copyAttributes(from: string, to: string): Promise<void> {
  const flags =
    process.platform === 'linux'
      ? ['--attributes-only', '--preserve=all']
      : process.platform === 'darwin'
        ? ['-p']
        : undefined;
  if (flags === undefined) return Promise.resolve();
  const { file, env } = ownProgram('cp', { PATH: process.env.PATH });
  return new Promise((resolve) => {
    execFile(file, [...flags, '--', from, to], { env, timeout: 5000 }, () => resolve()).on('error', () => resolve());
  });
}
