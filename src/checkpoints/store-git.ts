import { spawn } from 'node:child_process';
import { copyFileSync, statSync, utimesSync } from 'node:fs';
import { signalChild } from '../core/process/platform.ts';
import { askForDrivers, guardGit, noSuchSetting, ownGit, switchOff } from '../core/process/safe-git.ts';

/** Git could not do what was asked; the message is its own last line, or says that git is missing. */
export class GitError extends Error {
  override readonly name = 'GitError';
  /** It took longer than it was given, or was asked to stop. */
  readonly isAborted: boolean;
  /** What git ended with, if it ended by itself. */
  readonly exitCode: number | undefined;

  constructor(message: string, isAborted = false, exitCode?: number) {
    super(message);
    this.isAborted = isAborted;
    this.exitCode = exitCode;
  }
}

/** Runs git on a store of ours with the user's files as work tree; it never sees the user's own repository. */
export type StoreGit = (args: readonly string[], input?: Buffer, stop?: AbortSignal) => Promise<Buffer>;

export type GitOptions = {
  readonly cwd: string;
  /** Added to an environment that holds nothing of the user's git and no keys. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: Buffer;
  readonly signal?: AbortSignal;
};

/** Runs git and gives its output as bytes. Throws GitError when it is missing, fails or is aborted. */
export async function runGit(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const { file, env } = ownGit(options.cwd, options.env);
  const child = spawn(file, guardGit(args), {
    cwd: options.cwd,
    env,
    stdio: [options.input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  });
  const output: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout!.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr!.on('data', (chunk: Buffer) => complaints.push(chunk));
  child.stdin?.on('error', () => {});
  child.stdin?.end(options.input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => reject(explain(error, options.signal)));
    child.once('close', resolve);
    const stop = () => signalChild(child, 'SIGTERM');
    options.signal?.addEventListener('abort', stop, { once: true });
    child.once('close', () => options.signal?.removeEventListener('abort', stop));
    if (options.signal?.aborted) stop();
  });
  if (options.signal?.aborted) throw tookTooLong();
  if (code === 0) return Buffer.concat(output);
  const lines = Buffer.concat(complaints).toString('utf8').trim().split('\n');
  const [name] = args.filter((word, index) => word !== '-c' && args[index - 1] !== '-c');
  throw new GitError(`git ${name} failed: ${lines.at(-1) || `exit code ${code}`}`, false, code ?? undefined);
}

const tookTooLong = () => new GitError('git took too long', true);

function explain(error: Error, signal: AbortSignal | undefined): GitError {
  if (signal?.aborted) return tookTooLong();
  if ('code' in error && error.code === 'ENOENT') return new GitError('git is not installed');
  return new GitError(`git can't be started: ${error.message}`);
}

/** Runs git on the user's repository as `runGit` does, with the filters and diff drivers that its settings define switched off. */
export async function runGitWithoutDrivers(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const answer = await runGit(askForDrivers, options).catch((error: unknown) => {
    if (error instanceof GitError && error.exitCode === noSuchSetting) return Buffer.alloc(0);
    throw error;
  });
  const drivers = switchOff(answer.toString('utf8'));
  if (drivers === undefined)
    throw new GitError('the settings of this repository name filters or drivers that can not be switched off');
  return await runGit(args, { ...options, env: { ...options.env, ...drivers } });
}

/** Splits NUL-terminated output. Each byte becomes one character, so that names that are no UTF-8 survive; `textOfPath` makes text of it. */
export function splitNul(output: Buffer): string[] {
  const items = output.toString('latin1').split('\0');
  if (items.at(-1) === '') items.pop();
  return items;
}

/** The same one by one, for outputs so long that others should have their turn meanwhile. */
export function* itemsOf(output: Buffer): Generator<string> {
  for (let from = 0; from < output.length; ) {
    const end = output.indexOf(0, from);
    const to = end === -1 ? output.length : end;
    yield output.toString('latin1', from, to);
    from = to + 1;
  }
}

/** The reverse of `splitNul`. */
export function joinNul(paths: Iterable<string>): Buffer {
  return Buffer.from([...paths].map((path) => `${path}\0`).join(''), 'latin1');
}

/** A path as `splitNul` gives it, as text for people. */
export function textOfPath(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8');
}

/** A path of people as git's bytes. */
export function bytePath(path: string): string {
  return Buffer.from(path, 'utf8').toString('latin1');
}

/** The place of a path (bytes as characters) on disk. */
export function onDisk(root: string, path: string): Buffer {
  return Buffer.from(`${bytePath(root)}/${path}`, 'latin1');
}

/** The time of an index is part of its meaning: files changed at that moment or later are looked at again. */
export function copyWithTime(from: string, to: string): void {
  const { atime, mtime } = statSync(from);
  copyFileSync(from, to);
  utimesSync(to, atime, mtime);
}
