import { copyFileSync, statSync, utimesSync } from 'node:fs';
import { errorCode, messageOf } from '../core/errors.ts';
import { askForDrivers, mayNameDrivers, noSuchSetting, switchOff, withSettings } from '../core/git/git-drivers.ts';
import { guardGit } from '../core/git/guard-git.ts';
import { type GitWork, startGit } from '../core/git/start-git.ts';

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

/** Runs git and gives its output as bytes; without `writes` it only reads. Throws GitError when it is missing, fails or is aborted. */
export async function runGit(args: readonly string[], work: GitWork): Promise<Buffer> {
  const { code, output, complaint } = await startGit(guardGit(args), work).catch((error: unknown) => {
    throw explain(error, work.signal);
  });
  if (work.signal?.aborted) throw tookTooLong();
  if (code === 0) return output;
  const lines = complaint.trim().split('\n');
  const [name] = args.filter((word, index) => word !== '-c' && args[index - 1] !== '-c');
  throw new GitError(`git ${name} failed: ${lines.at(-1) || `exit code ${code}`}`, false, code);
}

const tookTooLong = () => new GitError('git took too long', true);

function explain(error: unknown, signal: AbortSignal | undefined): GitError {
  if (signal?.aborted) return tookTooLong();
  if (errorCode(error) === 'ENOENT') return new GitError('git is not installed');
  return new GitError(`git can't be started: ${messageOf(error)}`);
}

/** Runs git on the user's repository as `runGit` does, with the filters and diff drivers that its settings define switched off. */
export async function runGitWithoutDrivers(args: readonly string[], work: GitWork): Promise<Buffer> {
  const { cwd, env = {}, signal } = work;
  const answer = mayNameDrivers(cwd, env.GIT_DIR) ? await listDrivers({ cwd, env, signal }) : '';
  const drivers = switchOff(answer);
  if (drivers === undefined)
    throw new GitError('the settings of this repository name filters or drivers that can not be switched off');
  return await runGit(args, { ...work, env: withSettings(env, drivers) });
}

async function listDrivers(work: GitWork): Promise<string> {
  try {
    return (await runGit(askForDrivers, work)).toString('utf8');
  } catch (error) {
    if (error instanceof GitError && error.exitCode === noSuchSetting) return '';
    throw error;
  }
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
