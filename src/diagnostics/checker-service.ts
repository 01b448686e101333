import { spawn } from 'node:child_process';
import { relative, resolve } from 'node:path';
import type { HeldProgram, HoldProgram } from '../core/process/held-program.ts';
import { readCheckerOutput } from './checker-output.ts';
import { createErrorRecord, type ErrorRecord } from './error-record.ts';
import type { Found, Service } from './service.ts';

export type CheckerParts = {
  /** A shell line; `{files}` stands for the edited files, relative to `cwd`. */
  readonly command: string;
  readonly timeoutSeconds: number;
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  readonly hold: HoldProgram;
  /** Whether a line starts what the workspace holds. */
  readonly isOfWorkspace: (line: string) => boolean;
  readonly onFound: Found;
  readonly onWarning: (message: string) => void;
};

const maxOutputLength = 1_000_000;
/** Edits that follow each other are looked at together. */
const gatherMs = 100;

/**
 * The repository's own checker, run in the background after edits, one run at a time. What its first run says of a file is what is known of
 * it; what later ones add is new.
 */
export function createCheckerService(parts: CheckerParts): Service {
  const records = new Map<string, ErrorRecord>();
  let waiting = new Set<string>();
  let run: { readonly work: Promise<void>; readonly stop: () => void } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const look = () => {
    if (run || isClosed || waiting.size === 0) return;
    const files = [...waiting];
    waiting = new Set();
    const started = runChecker(parts, files);
    run = { work: started.output.then((output) => settle(files, output)), stop: started.stop };
  };
  const settle = (files: readonly string[], output: string | undefined) => {
    run = undefined;
    if (isClosed) return;
    if (output === undefined) {
      isClosed = true;
      parts.onWarning(
        `The checker (diagnostics.check) could not be run or took longer than ${parts.timeoutSeconds} s: it is left out in this session.`,
      );
      return;
    }
    const found = readCheckerOutput(output, parts.cwd);
    for (const path of files) {
      // It has been changed meanwhile, and is looked at again.
      if (waiting.has(path)) continue;
      const errors = found.get(path) ?? [];
      const record = records.get(path) ?? createErrorRecord();
      records.set(path, record);
      const fresh = record.findNew(errors);
      record.accept(errors);
      parts.onFound(path, fresh);
    }
    look();
  };
  return {
    name: 'check',
    edited: (path, before) => {
      if (isClosed) return;
      if (before === undefined && !records.has(path)) {
        const record = createErrorRecord();
        record.accept([]);
        records.set(path, record);
      }
      waiting.add(path);
      clearTimeout(timer);
      timer = setTimeout(look, gatherMs).unref();
    },
    isReady: (path) => !isClosed && records.has(path),
    seesNew: () => false,
    takeBack: (path) => records.get(path)?.takeBack(),
    close: async () => {
      isClosed = true;
      clearTimeout(timer);
      run?.stop();
      await run?.work;
    },
  };
}

/** What the checker prints, whatever its exit code says; undefined when it could not be run or took too long. */
function runChecker(
  { command, timeoutSeconds, cwd, env, hold, isOfWorkspace }: CheckerParts,
  files: readonly string[],
): { output: Promise<string | undefined>; stop: () => void } {
  const names = files.map((path) => quote(relative(cwd, resolve(cwd, path)))).join(' ');
  const stopping = new AbortController();
  const run = async () => {
    const line = command.replaceAll('{files}', names);
    const program = await hold({
      file: '/bin/sh',
      args: ['-c', line],
      env,
      cwd,
      isOfWorkspace: isOfWorkspace(line),
    }).catch(() => undefined);
    if (program === undefined || stopping.signal.aborted) return undefined;
    const output = await readProgram(program, cwd, timeoutSeconds, stopping.signal);
    await program.tidy?.();
    return output;
  };
  return { output: run(), stop: () => stopping.abort() };
}

async function readProgram(
  { file, args, env }: HeldProgram,
  cwd: string,
  timeoutSeconds: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const stop = () => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended.
    }
  };
  signal.addEventListener('abort', stop, { once: true });
  return await new Promise<string | undefined>((done) => {
    let text = '';
    const take = (chunk: string) => {
      if (text.length < maxOutputLength) text += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    const timer = setTimeout(() => {
      stop();
      done(undefined);
    }, timeoutSeconds * 1000);
    child.once('error', () => done(undefined));
    child.once('close', (code, ended) => {
      clearTimeout(timer);
      // 126 and 127 are the shell's own: there is no such program.
      done(ended !== null || code === 126 || code === 127 ? undefined : text);
    });
  });
}

function quote(name: string): string {
  return `'${name.replaceAll("'", `'\\''`)}'`;
}
