import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scenario } from '../../src/demo/server/scenario.ts';
import { type ModelServer, startModelServer } from '../../src/demo/server.ts';
import type { Contestant } from './contestants.ts';

export type Measurement = {
  readonly spawnToFirstRequestMs: number;
  /** Last byte of an answer to arrival of the next request, one value a turn. */
  readonly turnMs: readonly number[];
  /** Arrival of a request to that of the next, the answer included: the mean of all turns. */
  readonly wholeTurnMs: number;
  /** Arrival of the last request to the last byte of its answer taken. */
  readonly lastAnswerMs: number;
  /** Arrival of the last request to the end of the program. */
  readonly lastRequestToExitMs: number;
  /** Last byte of the last answer to the end of the program. */
  readonly lastByteToExitMs: number;
  /** Resident memory of the program and all that it started, at its highest. */
  readonly peakMegabytes: number;
  readonly connections: number;
  readonly firstRequestBytes: number;
  readonly requests: number;
  /** Questions to the judge and the adviser (all that are not the agent's own). */
  readonly judgeRequests: number;
  readonly exitCode: number | null;
  readonly stderr: string;
};

/** A folder with the files that the scripted model asks for, removed at the end. */
export function makeFolder(files: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'wink-bench-'));
  mkdirSync(join(folder, 'work'));
  for (let n = 1; n <= files; n++)
    writeFileSync(join(folder, 'work', `file-${n}.txt`), `line of file ${n}\n`.repeat(20));
  return folder;
}

const temporary: string[] = [];
process.once('exit', () => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
});

/** Has a folder removed when the bench ends. */
export function removeAtEnd(folder: string): void {
  temporary.push(folder);
}

const homes = new Map<string, string>();

/** The home of a contestant, the same in every run as with a person's; removed at the end. There were sessions before. */
export function homeOf(name: string): string {
  const home = homes.get(name) ?? mkdtempSync(join(tmpdir(), 'wink-bench-home-'));
  if (!homes.has(name)) {
    mkdirSync(join(home, 'sessions'));
    removeAtEnd(home);
  }
  homes.set(name, home);
  return home;
}

/**
 * Starts the contestant once, in a folder of `files` files, and measures it from its own requests. Only the agent's requests count, not
 * the judge's.
 */
export async function measure(
  contestant: Contestant,
  script: (contestant: Contestant, folder: string) => Scenario,
  files: number,
): Promise<Measurement> {
  const base = makeFolder(files);
  const folder = join(base, 'work');
  const home = homeOf(contestant.name);
  const server = await startModelServer({ scenario: script(contestant, folder) });
  try {
    const { file, args, env } = contestant.start({ url: server.url, folder, home });
    const startedAt = performance.now();
    const child = spawn(file, args, { cwd: folder, env: env ?? process.env, stdio: ['ignore', 'ignore', 'pipe'] });
    const memory = watchMemory(child);
    const { exitCode, stderr, endedAt } = await ended(child);
    return { ...read(server, startedAt, endedAt), peakMegabytes: memory(), exitCode, stderr };
  } finally {
    await server.close();
    rmSync(base, { recursive: true, force: true });
  }
}

function read(server: ModelServer, startedAt: number, endedAt: number) {
  const requests = agentRequests(server);
  const first = requests[0];
  const turnMs = requests.slice(1).flatMap((request, index) => {
    const answeredAt = requests[index]?.answeredAtMs;
    return answeredAt === undefined ? [] : [request.atMs - answeredAt];
  });
  const last = requests.at(-1);
  const answeredAt = last?.answeredAtMs ?? Number.NaN;
  return {
    wholeTurnMs: first && last ? (last.atMs - first.atMs) / (requests.length - 1) : Number.NaN,
    spawnToFirstRequestMs: first ? first.atMs - startedAt : Number.NaN,
    turnMs,
    lastAnswerMs: answeredAt - (last?.atMs ?? Number.NaN),
    lastRequestToExitMs: endedAt - (last?.atMs ?? Number.NaN),
    lastByteToExitMs: endedAt - answeredAt,
    connections: new Set(requests.map(({ connection }) => connection)).size,
    firstRequestBytes: first ? Buffer.byteLength(first.rawBody) : 0,
    requests: requests.length,
    judgeRequests: server.requests.filter(({ path }) => asks.test(path)).length - requests.length,
  };
}

const asks = /\/(chat\/completions|responses|messages)(\?|$)/;

/** The agent's own, known by their tools; where bodies are forgotten, those of the judge count too. */
export function agentRequests(server: ModelServer): ModelServer['requests'] {
  return server.requests.filter(
    ({ path, body }) =>
      asks.test(path) && ((Array.isArray(body.tools) && body.tools.length > 0) || Object.keys(body).length === 0),
  );
}

function ended(child: ChildProcess): Promise<{ exitCode: number | null; stderr: string; endedAt: number }> {
  return new Promise((resolve, reject) => {
    let stderr = '';
    let endedAt = Number.NaN;
    child.stderr?.on('data', (chunk) => {
      stderr = (stderr + String(chunk)).slice(-2000);
    });
    child.on('error', reject);
    child.on('exit', () => {
      endedAt = performance.now();
    });
    child.on('close', (exitCode) => resolve({ exitCode, stderr, endedAt }));
  });
}

/** The highest resident memory of the process and its descendants together, read from the kernel every 20 ms (Linux; NaN elsewhere). */
function watchMemory(child: ChildProcess): () => number {
  let peak = Number.NaN;
  const look = () => {
    const now = treeMegabytes(child.pid ?? 0);
    if (!(now <= peak)) peak = now;
  };
  const timer = setInterval(look, 20);
  child.on('exit', () => clearInterval(timer));
  return () => peak;
}

/** A child that has not started its own program yet is still its parent, whose memory it shares: it isn't counted twice. */
function treeMegabytes(pid: number, parentsWords = ''): number {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'latin1');
    if (words === parentsWords) return 0;
    const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
    const children = readdirSync(`/proc/${pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    );
    return kilobytes / 1000 + children.reduce((sum, each) => sum + treeMegabytes(Number(each), words), 0);
  } catch {
    // The process has ended, or this system has no /proc.
    return 0;
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
