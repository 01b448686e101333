import { spawn } from 'node:child_process';
import { messageOf } from '../core/errors.ts';
import { withoutKeys } from '../core/process/child-environment.ts';
import { ownProgramsFirst } from '../core/process/find-program.ts';
import type { HeldProgram } from '../core/process/held-program.ts';
import type { JsonObject } from '../core/types.ts';

export type HookRun = {
  /** null: it could not be started, did not end in time, or was ended by a signal. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It ran in the sandbox, which may be why it failed. */
  readonly isHeld?: boolean;
  /** What it was kept from there, in words that follow "it". */
  readonly wants?: string | undefined;
  /** Why there is no exit code. */
  readonly failure?: string;
};

export type HookPlace = {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Default: by a shell with the user's rights. */
  readonly start?: HookStart;
};

/** A line, and whether it runs in the sandbox; what the user doesn't say is decided by what it starts. */
export type HookCommand = { readonly command: string; readonly sandbox?: boolean | undefined };

/** How a line is started; a text says why it is not. */
export type HookStart = (hook: HookCommand, env: NodeJS.ProcessEnv) => Promise<HeldProgram | string>;

const maxOutputLength = 100_000;

/** Starts one hook with the facts as one line of JSON on stdin; `stop` ends it and what it started. */
export function runHook(
  hook: HookCommand & { readonly timeoutSeconds: number },
  facts: JsonObject,
  { cwd, env, start = startPlainly(cwd) }: HookPlace,
): { done: Promise<HookRun>; stop: () => void } {
  const stopping = new AbortController();
  const run = async (): Promise<HookRun> => {
    const program = await start(hook, env).catch(messageOf);
    if (typeof program === 'string') return failed(program);
    if (stopping.signal.aborted) return failed('was stopped');
    const ended = await runProgram(program, cwd, facts, hook.timeoutSeconds, stopping.signal);
    const tidied = await program.tidy?.();
    return { ...ended, isHeld: program.tidy !== undefined, wants: tidied?.wants };
  };
  return { done: run(), stop: () => stopping.abort() };
}

function startPlainly(cwd: string): HookStart {
  return async ({ command }, env) => ({
    file: '/bin/sh',
    args: ['-c', command],
    env: ownProgramsFirst(withoutKeys(env), cwd),
  });
}

function failed(failure: string): HookRun {
  return { code: null, stdout: '', stderr: '', failure };
}

async function runProgram(
  { file, args, env }: HeldProgram,
  cwd: string,
  facts: JsonObject,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<HookRun> {
  const child = spawn(file, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let isLate = false;
  const stop = () => {
    if (child.pid !== undefined) killGroup(child.pid);
  };
  signal.addEventListener('abort', stop, { once: true });
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, timeoutSeconds * 1000);
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  child.stdin.on('error', () => {});
  child.stdin.end(`${JSON.stringify(facts)}\n`);
  return await new Promise<HookRun>((resolve) => {
    const end = (code: number | null, failure?: string) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      resolve({ code, stdout: stdout(), stderr: stderr().trim(), ...(failure === undefined ? {} : { failure }) });
    };
    child.once('error', (error) => end(null, `could not be started (${error.message})`));
    const ended = (code: number | null, signal: NodeJS.Signals | null) => {
      if (isLate) end(null, `did not end within ${timeoutSeconds} s`);
      else if (code === null) end(null, `was ended by ${signal}`);
      else end(code);
    };
    child.once('close', ended);
    // What it left running in the background may hold its output open.
    child.once('exit', (code, signal) => setTimeout(ended, 100, code, signal));
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(0, maxOutputLength);
  });
  return () => text;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}
