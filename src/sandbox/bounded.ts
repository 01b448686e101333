import { totalmem } from 'node:os';

/** Memory of a process and the number of processes are bounded; time is bounded by the call. A shell sets its own bounds, which saves one. */
export function bounded(file: string, args: readonly string[]): readonly string[] {
  const kilobytes = Math.max(4 * 1024 * 1024, Math.floor(totalmem() / 1024 / 2));
  const bounds = `ulimit -d ${kilobytes}; ulimit -c 0; { ulimit -u 4096 || ulimit -p 4096; } 2>/dev/null`;
  const [option, script = '', ...rest] = args;
  if (/\/(ba|da)?sh$/.test(file) && option === '-c') return [file, '-c', `${bounds}; ${script}`, ...rest];
  return ['/bin/sh', '-c', `${bounds}; exec "$@"`, 'sh', file, ...args];
}
