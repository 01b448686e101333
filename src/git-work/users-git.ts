import { spawn, spawnSync } from 'node:child_process';
import { runGitSafely } from '../core/git/ask-git.ts';
import { withoutKeys } from '../core/process/child-environment.ts';
import { ownProgram, ownProgramsFirst } from '../core/process/find-program.ts';
import type { HeldProgram, HoldProgram } from '../core/process/held-program.ts';

export const noRepository =
  'This folder is not in a git repository, or its settings name a filter that can not be switched off (`git config --list --show-origin`).';

/** What git prints, without the last line end; undefined when it fails. Starts nothing that the repository names. */
export function git(cwd: string, ...args: readonly string[]): string | undefined {
  return runGitSafely(cwd, args)?.replace(/\n$/, '');
}

/** Names in an answer of `-z`. */
export function names(answer: string | undefined): string[] {
  return (answer ?? '').split('\0').filter((name) => name !== '');
}

export type UsersGitEnd = {
  readonly isDone: boolean;
  readonly output: string;
  /** Why it was ended from here, in words; undefined when it ended by itself. */
  readonly stopped?: string;
  /** What the sandbox kept it from, in words that follow "it". */
  readonly wants?: string;
  /** What it or a hook made that was set aside, or that may run code. */
  readonly setAside?: string;
};

/** What a git with the user's hooks is watched by. */
export type GitWatch = {
  /** Ends git and its hooks. */
  readonly signal: AbortSignal;
  /** All output so far. */
  readonly onOutput?: (output: string) => void;
  readonly limitMs?: number;
};

/** Hooks may run whole test suites; one that hangs does not hang for ever. */
const hookMs = 600_000;
/** What git is given to take its lock away before it is killed. */
const politeMs = 2_000;
/** How long output may still come when git has ended and a hook's process goes on. */
const drainMs = 150;

/** Where a git of the user's runs, and what puts it into the sandbox; without that it has all the user's rights. */
export type UsersGitPlace = { readonly cwd: string; readonly hold?: HoldProgram | undefined };

/** Git as the user would run it, with the repository's hooks and the user's settings; no question can be asked. */
export async function runUsersGit(
  { cwd, hold = withAllRights }: UsersGitPlace,
  args: readonly string[],
  input: string,
  watch: GitWatch,
  more: Readonly<Record<string, string>> = {},
): Promise<UsersGitEnd> {
  const settings = { ...withoutKeys(process.env), GIT_TERMINAL_PROMPT: '0', GIT_EDITOR: 'true', ...more };
  const { file } = ownProgram('git', settings, cwd);
  const program = await hold({ file, args, env: settings, cwd, isOfWorkspace: false });
  const ended = await runProgram(program, cwd, input, watch);
  const tidied = await program.tidy?.();
  const wants = program.findWant?.({ exitCode: ended.isDone ? 0 : 1, output: ended.output });
  return {
    ...ended,
    // What is said of it to the model stands in brackets.
    ...(tidied !== undefined && { setAside: tidied.note.replace(/^\[|; tell the user|\]$/gm, '') }),
    ...(wants !== undefined && !ended.isDone && { wants }),
  };
}

const withAllRights: HoldProgram = async ({ file, args, env }) => ({ file, args, env: withoutKeys(env) });

function runProgram(
  { file, args, env }: HeldProgram,
  cwd: string,
  input: string,
  { signal, onOutput, limitMs = hookMs }: GitWatch,
): Promise<UsersGitEnd> {
  return new Promise((resolve) => {
    const child = spawn(file, args, {
      cwd,
      env: ownProgramsFirst(env, cwd),
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    let stopped: string | undefined;
    let killing: NodeJS.Timeout | undefined;
    const take = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-20_000);
      onOutput?.(output);
    };
    const stop = (why: string) => {
      stopped ??= why;
      endGroup(child.pid, 'SIGTERM');
      killing ??= setTimeout(() => endGroup(child.pid, 'SIGKILL'), politeMs);
    };
    const onAbort = () => stop('you stopped it');
    const limit = setTimeout(() => stop(`it was ended after ${Math.round(limitMs / 1000)} s`), limitMs);
    const finish = (isDone: boolean, words: string) => {
      for (const timer of [limit, killing]) clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      if (stopped !== undefined) endGroup(child.pid, 'SIGKILL');
      resolve({ isDone, output: words.trim(), ...(stopped !== undefined && !isDone && { stopped }) });
    };
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => finish(false, error.message));
    child.on('exit', (code) => setTimeout(() => finish(code === 0, output), drainMs));
    child.on('close', (code) => finish(code === 0, output));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** Ends git and the hooks that it runs; one that could not be started has no number. */
function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended.
  }
}

const ghMs = 8_000;

/** One JSON answer of GitHub's command line; undefined when it isn't installed, not signed in or not answering. */
export function askGitHub(cwd: string, args: readonly string[]): Record<string, unknown> | undefined {
  const settings = { ...withoutKeys(process.env), GH_PROMPT_DISABLED: '1', GH_NO_UPDATE_NOTIFIER: '1', NO_COLOR: '1' };
  const { file, env } = ownProgram('gh', settings, cwd);
  const { status, stdout } = spawnSync(file, args, { cwd, env, encoding: 'utf8', timeout: ghMs });
  if (status !== 0) return undefined;
  try {
    const parsed: unknown = JSON.parse(stdout);
    return typeof parsed === 'object' && parsed !== null ? Object.fromEntries(Object.entries(parsed)) : undefined;
  } catch {
    return undefined;
  }
}
