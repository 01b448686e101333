import { count } from '../core/text/count.ts';
import type { CommandOutcome } from '../core/tool.ts';

const refusedWrite = [
  /['"‘`]([^\s'"‘’`]+)['"’`]: Read-only file system/,
  /(?:^|[\s:(])([^\s'":`(),]*[/.][^\s'":`(),]*):? (?:[Cc]annot open: )?Read-only file system/m,
  /EROFS[^\n]*?'([^'\n]+)'/,
  /\[Errno 30\][^\n]*?'([^'\n]+)'/,
  /(EROFS|Read-only file system|read-only file system|index\.lock': (?:Read-only|Permission))/,
];
const noNetwork =
  /could not resolve (host|proxy)|temporary failure in name resolution|network is unreachable|name or service not known|ENETUNREACH|EAI_AGAIN|getaddrinfo ENOTFOUND|no such host|nodename nor servname provided|failed to lookup address|dial (tcp|udp)[^\n]*(unreachable|lookup)|unable to resolve host/i;
const noServer = /ECONNREFUSED|connection refused/i;

export type CommandBounds = {
  /** Folders that may be written. */
  readonly writable: readonly string[];
  readonly network: boolean;
  /** Not even servers of this machine can be reached. */
  readonly isAlone?: boolean;
  /** Files in the workspace that are hidden because they look like they hold secrets. */
  readonly hidden: readonly string[];
};

/**
 * What a command failed for want of, in words that follow "it"; undefined when nothing points to the sandbox. A refused write counts
 * whatever the exit code says, since the last command of several hides the failures before it.
 */
export function findWant(
  outcome: CommandOutcome,
  { writable, network, isAlone = false, hidden }: CommandBounds,
): string | undefined {
  const tail = outcome.output.slice(-20_000);
  for (const pattern of refusedWrite) {
    const match = pattern.exec(tail);
    if (match) return describeWrite(match[1] ?? '', writable);
  }
  if (outcome.exitCode === 0) return undefined;
  if (!network && (noNetwork.test(tail) || (isAlone && noServer.test(tail))))
    return 'had no network (the setting sandbox.network, or your word, gives it one)';
  const refused = hidden.find((path) => isRefused(path, tail));
  return refused && `could not read ${nameOf(refused, 'a file')}, which looks like it holds secrets`;
}

const longestName = 80;

/**
 * A path from the output of a command, or a name that it may have given a file: its words stand in a question, where they must not read as ours.
 * So it is quoted, and only told where it is short and has no sign that prose would need.
 */
export function nameOf(path: string, otherwise: string): string {
  const isPlain = path.length <= longestName && /^[\p{L}\p{N}./~@+_-]+$/u.test(path);
  return isPlain ? `\`${path}\`` : otherwise;
}

function describeWrite(path: string, writable: readonly string[]): string {
  const isPlain = nameOf(path, '') !== '';
  if (isPlain && (path.startsWith('.git/') || writable.some((folder) => path.startsWith(`${folder}/`)))) {
    const why = path.split('/').includes('.git')
      ? 'an unasked command may not change .git, unless it is a plain git command by itself'
      : 'an unasked command may not change what can run code or change settings';
    return `could not write ${nameOf(path, 'a file')} (${why})`;
  }
  const [first, second, ...more] = writable;
  const others = more.length > 0 ? ` and ${count(more.length, 'other folder')}` : '';
  const places = [first, second].filter((each) => each !== undefined).join(', ');
  const where = first === undefined ? 'nothing can be written there' : `it can write only in ${places}${others}`;
  return `could not write ${nameOf(path, 'a file')} (${where}; --add-dir adds a folder)`;
}

/** `cat: .env: Permission denied`, when that is all it came to: a search of everything meets such files on its way and needs them not. */
function isRefused(path: string, output: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  if (new RegExp(`EACCES.*${name}`).test(output)) return true;
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 0 && lines.every((line) => line.endsWith('Permission denied')) && new RegExp(name).test(output);
}
