import { totalmem } from 'node:os';

/** What a program of ours may take, in kilobytes: a quarter of the machine's memory, from 1 GB to 4 GB. */
const kilobytes = Math.floor(Math.min(4 * 1024 ** 2, Math.max(1024 ** 2, totalmem() / 1024 / 4)));

/** A program that fails rather than take the machine's memory, whatever the files say that it reads. It keeps the number of its process. */
export function boundMemory(file: string, args: readonly string[]): { file: string; args: readonly string[] } {
  // One that was not found is not looked for by the shell either.
  if (process.platform === 'win32' || !file.includes('/')) return { file, args };
  const bounds = `ulimit -d ${kilobytes} 2>/dev/null; ulimit -c 0; exec "$@"`;
  return { file: '/bin/sh', args: ['-c', bounds, 'sh', file, ...args] };
}
