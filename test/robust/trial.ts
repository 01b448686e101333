import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ScriptedReply } from '../../src/demo/server/scenario.ts';
import type { ModelServer, ModelServerOptions } from '../../src/demo/server.ts';
import { compiledCode } from '../compiled-code.ts';
import { type Ended, ended, makeFolder, run, serve, start } from '../program/program.ts';

export type Place = {
  readonly server: ModelServer;
  readonly cwd: string;
  readonly home: string;
  readonly flags: readonly string[];
};

type Script = { readonly replies: readonly ScriptedReply[]; readonly losses?: (at: Place) => string[] };

/** One fault that is done to a task which has written a file: what the user is to see, and how the program is to end. */
export type Trial = {
  readonly fault: string;
  /** What the model answers after it has written a file. */
  readonly replies: readonly ScriptedReply[] | (() => Promise<Script>);
  /** What stderr says of it; `^$`: nothing, the program takes it as it is. */
  readonly said: RegExp;
  readonly code: number | null;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly server?: Omit<ModelServerOptions, 'scenario'>;
  readonly prepare?: (at: Place) => void | Promise<void>;
  readonly cleanUp?: (at: Place) => void;
  /** Does the harm to the running program. */
  readonly disturb?: (child: ChildProcess, at: Place) => void | Promise<void>;
  /** A shell line instead of a plain start; `$WINK` stands for the program. */
  readonly shell?: string;
  /** The model can't be reached at all, so no file is written. */
  readonly isLostFromStart?: boolean;
  /** The session can't be kept, so it can't be gone on with. */
  readonly hasNoSession?: boolean;
};

export type Row = {
  readonly fault: string;
  readonly said: string;
  readonly code: number | null;
  readonly survived: boolean;
  readonly lost: readonly string[];
};

const launcher = resolve(import.meta.dirname, '../../bin/wink-agent.cjs');
const write: ScriptedReply = {
  text: 'I write.',
  calls: [{ name: 'write', arguments: { path: 'a.txt', content: 'kept\n' } }],
};

/** Runs one trial with the real program: the fault, what was said, what was lost, and whether the session goes on afterwards. */
export async function tryFault(trial: Trial): Promise<Row> {
  const script = await scriptOf(trial);
  const server = await serve(
    {
      rules: [
        { when: { kind: 'agent', user: 'go on' }, replies: [{ text: 'Went on.' }], after: 'repeat' },
        { when: { kind: 'agent' }, replies: [write, ...script.replies] },
      ],
    },
    trial.server ?? {},
  );
  const [cwd, home] = [makeFolder(), makeFolder()];
  const flags = ['--model', 'scripted', '--base-url', server.url, '--approval', 'full', '--wink', 'off'];
  const at: Place = { server, cwd, home, flags };
  mkdirSync(join(home, '.wink'), { mode: 0o700 });
  // Whether a sandbox is installed here must change nothing: without one every run begins with a warning.
  const config = { sandbox: { mode: 'off' }, ...trial.config };
  writeFileSync(join(home, '.wink/config.json'), JSON.stringify(config));
  await trial.prepare?.(at);
  try {
    const result = await runTrial(trial, at);
    const lost = [
      ...(script.losses?.(at) ?? []),
      ...lossesOf(trial, at),
      ...(await lossesOfSession(trial, at)),
      ...leftBehind(at),
    ];
    return {
      fault: trial.fault,
      said: wordsOf(result.stderr),
      code: result.code,
      survived: result.code === trial.code && trial.said.test(wordsOf(result.stderr)) && isPlain(result.stderr),
      lost,
    };
  } finally {
    trial.cleanUp?.(at);
  }
}

async function scriptOf(trial: Trial): Promise<Script> {
  return typeof trial.replies === 'function' ? await trial.replies() : { replies: trial.replies };
}

async function runTrial(trial: Trial, at: Place): Promise<Ended> {
  const words = ['-p', 'go', ...at.flags];
  const child = trial.shell === undefined ? start(words, at) : startShell(trial.shell, at, words);
  const result = ended(child);
  await trial.disturb?.(child, at);
  return await result;
}

function startShell(line: string, at: Place, words: readonly string[]): ChildProcess {
  const env = { PATH: process.env.PATH, HOME: at.home, WINK_HOME: join(at.home, '.wink'), ...compiledCode };
  const script = line.replace('$WINK', `"${process.execPath}" "${launcher}" "$@"`);
  return spawn('/bin/sh', ['-c', script, 'sh', ...words], { cwd: at.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** What stderr says beyond the calls and the closing line. */
function wordsOf(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line !== '' && !/^(· |done · )/.test(line));
  return lines
    .join(' / ')
    .replace(/ · \d+ steps? · .*? · session \S+/g, '')
    .replace(/127\.0\.0\.1:\d+/g, 'HOST')
    .replace(/\/tmp\/wink-test-\w+/g, '…');
}

/** No stack, no source line. */
function isPlain(stderr: string): boolean {
  return !/\n\s+at |node:internal|UnhandledPromise/.test(stderr);
}

function lossesOf(trial: Trial, at: Place): string[] {
  if (trial.isLostFromStart || !existsSync(at.cwd)) return [];
  const file = join(at.cwd, 'a.txt');
  return existsSync(file) && readFileSync(file, 'utf8') === 'kept\n' ? [] : ['the file that was written'];
}

/** What a killed run leaves is cleared away by the next one at the latest. */
function leftBehind(at: Place): string[] {
  return [...filesIn(at.cwd), ...filesIn(join(at.home, '.wink'))]
    .filter((name) => /\.wink-[0-9a-f]+\.tmp$|\.lock$|\.list$/.test(name))
    .map((name) => `${name} is left behind`);
}

async function lossesOfSession(trial: Trial, at: Place): Promise<string[]> {
  if (trial.isLostFromStart || trial.hasNoSession) return [];
  const resumed = await run(['-p', '--continue', 'go on', ...at.flags], at);
  if (resumed.code !== 0 || resumed.stdout !== 'Went on.\n') return [`the session (${wordsOf(resumed.stderr)})`];
  const asked = JSON.stringify(at.server.requests.at(-1)?.body.messages ?? []);
  return asked.includes('I write.') && asked.includes('"tool"') ? [] : ['the first step of the session'];
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}
