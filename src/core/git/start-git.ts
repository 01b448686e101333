import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { boundMemory } from '../process/bound-memory.ts';
import { bareEnvironment } from '../process/child-environment.ts';
import { ownProgram } from '../process/find-program.ts';
import { losePatience } from '../process/lose-patience.ts';
import { signalChild } from '../process/platform.ts';
import { exitCodeOf, firstProcessOf, holdsAtAll, putGitIntoSandbox } from './git-sandbox.ts';
import type { GitRights } from './hold-git.ts';
import { topOf } from './top-of.ts';

/** How a git of ours is started. */
export type GitStart = GitRights & {
  readonly cwd: string;
  /** Added to an environment that holds nothing of the user's git and no keys. */
  readonly env?: Readonly<Record<string, string>>;
  /** With the user's own settings of git. */
  readonly isWithUsersSettings?: boolean;
  readonly input?: Buffer | string;
};

/** `code`: what git ended with; undefined when it did not run, or not to its end. `isGivenUp`: that was too long; `complaint` says why. */
export type GitEnd = {
  readonly code: number | undefined;
  readonly output: Buffer;
  readonly complaint: string;
  readonly isGivenUp: boolean;
};

/** A git that is waited for by others. */
export type GitWork = GitStart & {
  readonly signal?: AbortSignal | undefined;
  /** Takes the output as it comes, which is then not kept. */
  readonly onOutput?: (chunk: Buffer) => void;
  /** With more output than this it is ended. */
  readonly maxBytes?: number;
  /** How long it may take; default two minutes. */
  readonly limitMs?: number;
};

const usualLimitMs = 120_000;

/**
 * The only way in which a git of ours starts: the user's git, never one that a workspace brings, in a sandbox where there is one. Without `writes` it
 * only reads. Its time and its memory are bounded: files of the workspace that it reads may be pipes, or have no end. Throws when there is no git.
 */
export async function startGit(words: readonly string[], work: GitWork): Promise<GitEnd> {
  const own = ownGit(work);
  for (let left = attempts; left > 0; left--) {
    const held = putGitIntoSandbox(own, words, work.cwd, work);
    if (!held) break;
    const ended = await run({ ...held, env: own.env, isHeld: true }, work);
    if (ended.code !== undefined || ended.isGivenUp || work.signal?.aborted) return ended;
    if (holdsAtAll(held) && left === 1) return ended;
  }
  return run({ file: own.file, args: words, env: own.env, isHeld: false }, work);
}

/** What is hidden may go away while bubblewrap puts something in its place, which then fails before git starts. */
const attempts = 3;

/** The same for what can't be waited for otherwise; ended after `timeoutMs`. `isAbsent`: there is no git, or no such folder. */
export function startGitSync(
  words: readonly string[],
  start: GitStart,
  timeoutMs: number,
): GitEnd & { readonly isAbsent: boolean } {
  const own = ownGit(start);
  const run = (program: Bounded, isHeld: boolean) => {
    const ended = spawnSync(program.file, program.args, {
      cwd: start.cwd,
      env: own.env,
      ...(start.input !== undefined && { input: start.input }),
      stdio: ['pipe', 'pipe', 'pipe', ...(isHeld ? ['pipe' as const] : [])],
      timeout: timeoutMs,
      maxBuffer: maxBytesAtOnce,
    });
    const code = isHeld && ended.error === undefined ? exitCodeOf(String(ended.output[3] ?? '')) : ended.status;
    const output = ended.stdout ?? Buffer.alloc(0);
    const isGivenUp = ended.error !== undefined;
    const isAbsent = isGivenUp && /^(ENOENT|ENOTDIR|EACCES)$/.test(String((ended.error as NodeJS.ErrnoException).code));
    return { code: code ?? undefined, output, complaint: String(ended.stderr ?? ''), isGivenUp, isAbsent };
  };
  for (let left = attempts; left > 0; left--) {
    const held = putGitIntoSandbox(own, words, start.cwd, start);
    if (!held) break;
    const ended = run(boundMemory(held.file, held.args), true);
    if (ended.code !== undefined || ended.isGivenUp || (holdsAtAll(held) && left === 1)) return ended;
  }
  return run(boundMemory(own.file, words), false);
}

type Bounded = ReturnType<typeof boundMemory>;

/** The folder whose files git reads. */
function placeOf({ cwd, env }: GitStart): string {
  return env?.GIT_WORK_TREE ?? (existsSync(cwd) ? topOf(realpathSync(cwd)) : cwd);
}

const maxBytesAtOnce = 20_000_000;

function ownGit({ cwd, env, isWithUsersSettings = false }: GitStart): ReturnType<typeof ownProgram> {
  const settings = isWithUsersSettings ? {} : nothingOfTheUsers;
  return ownProgram('git', { ...bareEnvironment(process.env), ...plain, ...settings, ...env }, cwd);
}

/** No questions, plain messages. */
const plain = { LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };

const nothingOfTheUsers = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_PAGER: 'cat',
  GIT_NO_LAZY_FETCH: '1',
};

type Program = {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  /** It writes on descriptor 3 how it goes. */
  readonly isHeld: boolean;
};

function run({ env, isHeld, ...program }: Program, work: GitWork): Promise<GitEnd> {
  const { cwd, input, signal, maxBytes = Infinity, onOutput, limitMs = usualLimitMs } = work;
  const { file, args } = boundMemory(program.file, program.args);
  const child = spawn(file, args, {
    cwd,
    env,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...(isHeld ? ['pipe' as const] : [])],
  });
  const output: Buffer[] = [];
  const complaints: Buffer[] = [];
  let status = '';
  let isStopped = false;
  let bytes = 0;
  let givenUp: string | undefined;
  let killing: NodeJS.Timeout | undefined;
  const stop = () => {
    isStopped = true;
    end(child, isHeld, status);
    killing ??= setTimeout(signalChild, politeMs, child, 'SIGKILL');
  };
  const keepPatience = losePatience(placeOf(work), limitMs, (why) => {
    givenUp = why;
    stop();
  });
  const take = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > maxBytes) stop();
    else output.push(chunk);
  };
  child.stdout!.on('data', onOutput ?? take);
  child.stderr!.on('data', (chunk: Buffer) => complaints.push(chunk));
  child.stdio[3]?.on('data', (chunk: Buffer) => {
    status += chunk.toString('utf8');
    if (isStopped) stop();
  });
  child.stdin?.on('error', () => {});
  child.stdin?.end(input);
  signal?.addEventListener('abort', stop, { once: true });
  if (signal?.aborted) stop();
  return new Promise((resolve, reject) => {
    const letGo = () => {
      keepPatience();
      clearTimeout(killing);
    };
    child.once('error', (error) => {
      letGo();
      reject(error);
    });
    child.once('close', (code) => {
      signal?.removeEventListener('abort', stop);
      letGo();
      resolve({
        code: givenUp === undefined ? ((isHeld ? exitCodeOf(status) : code) ?? undefined) : undefined,
        output: Buffer.concat(output),
        complaint: givenUp ?? Buffer.concat(complaints).toString('utf8'),
        isGivenUp: givenUp !== undefined,
      });
    });
  });
}

/** After it a git that was stopped is killed, in milliseconds. */
const politeMs = 1_000;

/** Bubblewrap that is killed at its start would leave a process that waits for ever: it ends with the first of its sandbox, once that is known. */
function end(child: ChildProcess, isHeld: boolean, status: string): void {
  const first = isHeld ? firstProcessOf(status) : undefined;
  if (!isHeld) signalChild(child, 'SIGTERM');
  if (first === undefined || child.exitCode !== null) return;
  try {
    process.kill(first, 'SIGKILL');
  } catch {
    // It has ended.
  }
}
