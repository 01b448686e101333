import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findOwnProgram } from '../process/find-program.ts';
import { type GitRights, holdingArguments, holdingTrial } from './hold-git.ts';

/** Whether bubblewrap holds what it is given on this machine, once that is known. */
let isHolding: boolean | undefined;

/** A git in its sandbox: what is started, and what is read of the fourth descriptor when it has ended. */
export type HeldGit = { readonly file: string; readonly args: readonly string[] };

type OwnGit = { readonly file: string; readonly env: Readonly<Record<string, string>> };

/** A git as it is started in its sandbox; undefined where there is none, and where there is no git or no such folder. */
export function putGitIntoSandbox(
  { file, env }: OwnGit,
  words: readonly string[],
  cwd: string,
  rights: GitRights,
): HeldGit | undefined {
  if (process.platform !== 'linux' || isHolding === false || !file.startsWith('/') || !existsSync(cwd))
    return undefined;
  const bubblewrap = findOwnProgram('bwrap', process.env, cwd);
  if (bubblewrap === undefined) return undefined;
  const held = ['--json-status-fd', '3', ...holdingArguments({ cwd, env }, rights), '--', file, ...words];
  return { file: bubblewrap, args: held };
}

/**
 * What git ended with, by what bubblewrap wrote about it; undefined where git was not started. Bubblewrap itself ends with the same numbers when it
 * fails.
 */
export function exitCodeOf(status: string): number | undefined {
  const code = /"exit-code": (\d+)/.exec(status)?.[1];
  if (code === undefined) return undefined;
  isHolding = true;
  return Number(code);
}

/** Whether a git of ours was in a sandbox, once one has run. */
export function isGitHeld(): boolean {
  return isHolding === true;
}

/** The first process in the sandbox, with which all others end. */
export function firstProcessOf(status: string): number | undefined {
  const pid = /"child-pid": (\d+)/.exec(status)?.[1];
  return pid === undefined ? undefined : Number(pid);
}

/**
 * Whether bubblewrap works here although it just failed. Where it never did and does not hold the simplest command either, there is no sandbox, and gits of
 * ours start without one from then on; once it has held something they don't.
 */
export function holdsAtAll({ file }: HeldGit): boolean {
  isHolding ??= spawnSync(file, holdingTrial, { stdio: 'ignore', timeout: 5_000, cwd: '/' }).status === 0;
  return isHolding;
}
