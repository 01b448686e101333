import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { spawn } from '@lydell/node-pty';
import type { Scenario } from '../../src/demo/server/scenario.ts';
import { type ModelServer, startModelServer } from '../../src/demo/server.ts';
import { agentRequests, homeOf, makeFolder, median } from './run.ts';

/** The folder that holds the product: the bench is bundled to node_modules/.wink-bench. */
const root = process.cwd();

/** A program in a pseudo-terminal of 100 x 30; times are milliseconds of performance.now(). */
type Session = {
  readonly startedAt: number;
  readonly pid: number;
  readonly press: (keys: string) => void;
  /** Resolves to the time at which the bytes since `from` first matched. */
  readonly seen: (pattern: RegExp, from?: number) => Promise<number>;
  readonly length: () => number;
  readonly leave: () => Promise<void>;
  readonly end: () => Promise<void>;
};

/** What is looked for may have begun so many bytes before the newest ones. */
const overlap = 2_000;

function open(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Session {
  const startedAt = performance.now();
  const { CI: _, ...inherited } = process.env;
  const pty = spawn(process.execPath, [...args], {
    cwd,
    cols: 100,
    rows: 30,
    env: { ...inherited, TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env },
  });
  let output = '';
  let waiting: { pattern: RegExp; from: number; resolve: (at: number) => void }[] = [];
  const ended = new Promise<void>((resolve) => pty.onExit(() => resolve()));
  pty.onData((data) => {
    output += data;
    const now = performance.now();
    waiting = waiting.filter(({ pattern, from, resolve }) => {
      if (!pattern.test(output.slice(Math.max(from, output.length - data.length - overlap)))) return true;
      resolve(now);
      return false;
    });
  });
  return {
    startedAt,
    pid: pty.pid,
    press: (keys) => pty.write(keys),
    seen: (pattern, from = 0) =>
      new Promise((resolve) =>
        pattern.test(output.slice(from)) ? resolve(performance.now()) : waiting.push({ pattern, from, resolve }),
      ),
    length: () => output.length,
    leave: async () => {
      pty.write('\u0004');
      await ended;
    },
    end: async () => {
      pty.kill('SIGKILL');
      await ended;
    },
  };
}

type Product = { readonly server: ModelServer; readonly session: Session; readonly close: () => Promise<void> };

async function openProduct(scenario: Scenario, files: number): Promise<Product> {
  const folder = makeFolder(files);
  const server = await startModelServer({ scenario });
  const home = homeOf('screen');
  const args = [
    join(root, 'bin/wink-agent.cjs'),
    '--model',
    'scripted',
    '--base-url',
    server.url,
    '--approval',
    'full',
    '--cwd',
    join(folder, 'work'),
  ];
  const session = open(args, join(folder, 'work'), { HOME: home, WINK_HOME: home, OPENAI_API_KEY: 'bench' });
  return {
    server,
    session,
    close: async () => {
      await session.end();
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const composer = /Ask for something/;

export type StartTimes = { readonly paintMs: number; readonly keysMs: number };

/** Spawn to first paint and to the first typed letter shown, of a bare ink program. */
async function startBareInk(program: string): Promise<StartTimes> {
  const session = open([program], dirname(program), {});
  const times = await startTimes(session, /ready/, /ready z/);
  await session.end();
  return times;
}

/** The bare ink program, bundled as the product is. */
function buildBareInk(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wink-bare-'));
  const program = join(folder, 'bare.mjs');
  writeFileSync(join(folder, 'empty.mjs'), 'export default {};\n');
  execFileSync(join(root, 'node_modules/.bin/esbuild'), [
    join(root, 'test/bench/bare-ink.tsx'),
    ...[
      '--bundle',
      '--minify',
      '--platform=node',
      '--format=esm',
      '--jsx=automatic',
      `--alias:react-devtools-core=${join(folder, 'empty.mjs')}`,
      '--define:process.env.NODE_ENV="production"',
      '--log-level=error',
      `--outfile=${program}`,
    ],
    "--banner:js=import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  ]);
  return program;
}

/** The same of the product, with a model configured. */
async function startProduct(): Promise<StartTimes> {
  const { session, close } = await openProduct([{ text: 'Done.' }], 0);
  const times = await startTimes(session, composer, /❯(?:\u001b\[[\d;]*m| )*z/);
  await close();
  return times;
}

/** Both in turn, so many times; medians. */
export async function measureStarts(runs: number): Promise<{ readonly bare: StartTimes; readonly ours: StartTimes }> {
  const program = buildBareInk();
  const bare: StartTimes[] = [];
  const ours: StartTimes[] = [];
  const first = await openProduct([{ text: 'Done.' }], 0);
  await first.session.seen(composer);
  await first.session.leave();
  await first.close();
  for (let run = 0; run < runs; run++) {
    bare.push(await startBareInk(program));
    ours.push(await startProduct());
  }
  rmSync(dirname(program), { recursive: true, force: true });
  return { bare: middle(bare), ours: middle(ours) };
}

/** Types a letter every 10 ms from the start on, as an impatient user would, until one is shown. */
async function startTimes(session: Session, painted: RegExp, typed: RegExp): Promise<StartTimes> {
  const timer = setInterval(() => session.press('z'), 10);
  const [paintAt, keysAt] = await Promise.all([session.seen(painted), session.seen(typed)]);
  clearInterval(timer);
  return { paintMs: paintAt - session.startedAt, keysMs: keysAt - session.startedAt };
}

function middle(times: readonly StartTimes[]): StartTimes {
  return { paintMs: median(times.map(({ paintMs }) => paintMs)), keysMs: median(times.map(({ keysMs }) => keysMs)) };
}

export type TurnTimes = { readonly enterToRequestMs: number; readonly turnMs: number; readonly megabytes: number };

/** A run of so many turns on the screen: Enter to the first request, own time per turn, resident memory at its end. */
export async function measureTurns(scenario: Scenario, count: number): Promise<TurnTimes> {
  const { server, session, close } = await openProduct(scenario, count);
  await session.seen(composer);
  await wait(300);
  session.press('Read the files.');
  await session.seen(/Read the files\./);
  // Nobody is faster; Enter that comes at once with words may be a line break of a paste, and is held for 80 ms.
  await wait(50);
  const pressedAt = performance.now();
  session.press('\r');
  await session.seen(/ done/);
  const requests = agentRequests(server);
  const turns = requests
    .slice(1)
    .flatMap((request, index) =>
      requests[index]?.answeredAtMs === undefined ? [] : [request.atMs - (requests[index]?.answeredAtMs ?? 0)],
    );
  await wait(1_000);
  const megabytes = residentMegabytes(session.pid);
  await close();
  return { enterToRequestMs: (requests[0]?.atMs ?? Number.NaN) - pressedAt, turnMs: median(turns), megabytes };
}

/** Key press to its letter on the terminal, idle or while an answer streams at 2,000 tokens a second: median and 95th percentile. */
export async function measureKeyLatency(
  presses: number,
  isStreaming: boolean,
): Promise<{ readonly medianMs: number; readonly p95Ms: number }> {
  const { session, close } = await openProduct(
    { rules: [{ replies: [{ fillerTokens: 100_000, tokensPerSecond: 2_000 }], after: 'repeat' }] },
    0,
  );
  await session.seen(composer);
  if (isStreaming) {
    session.press('go\r');
    await session.seen(/writing/);
  } else await wait(1_000);
  const latencies: number[] = [];
  let typed = '';
  for (let index = 0; index < presses; index++) {
    await wait(30 + ((index * 37) % 90));
    const letter = 'qxjz'[index % 4] ?? 'q';
    typed = (typed + letter).slice(-6);
    const from = session.length();
    const pressedAt = performance.now();
    session.press(letter);
    latencies.push((await session.seen(new RegExp(`❯(?:\\u001b\\[[\\d;]*m| )*[qxjz]*${typed}`), from)) - pressedAt);
  }
  await close();
  return {
    medianMs: median(latencies),
    p95Ms: [...latencies].sort((a, b) => a - b)[Math.floor(presses * 0.95)] ?? Number.NaN,
  };
}

/** Share of one processor that the idle screen takes, in percent, over some seconds (Linux). */
export async function measureIdle(seconds: number): Promise<number> {
  const { session, close } = await openProduct([{ text: 'Done.' }], 0);
  await session.seen(composer);
  await wait(2_000);
  const before = processorTicks(session.pid);
  await wait(seconds * 1_000);
  const used = processorTicks(session.pid) - before;
  await close();
  return used / seconds;
}

/** User and system time of all threads in ticks of 10 ms, so a tick a second is one percent. */
function processorTicks(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function residentMegabytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? Number.NaN) / 1000;
}
