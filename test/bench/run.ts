import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scenario } from '../../src/demo/server/scenario.ts';
import { type ModelServer, startModelServer } from '../../src/demo/server.ts';

/** One program under measurement: how it is started against a server, in a folder. */
export type Contestant = {
  readonly name: string;
  readonly start: (place: { url: string; folder: string; home: string }) => {
    file: string;
    args: string[];
    env?: NodeJS.ProcessEnv;
  };
};

export type Measurement = {
  readonly spawnToFirstRequestMs: number;
  /** Last byte of an answer to arrival of the next request, one value a turn. */
  readonly turnMs: readonly number[];
  /** Arrival of a request to that of the next, the answer included: the mean of all turns. */
  readonly wholeTurnMs: number;
  /** Arrival of the last request to the last byte of its answer taken. */
  readonly lastAnswerMs: number;
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

/** Starts the contestant once and measures it from its own requests. Only the agent's requests count, not the judge's. */
export async function measure(contestant: Contestant, scenario: Scenario, files: number): Promise<Measurement> {
  const folder = makeFolder(files);
  const server = await startModelServer({ scenario });
  try {
    const { file, args, env } = contestant.start({
      url: server.url,
      folder: join(folder, 'work'),
      home: join(folder, 'home'),
    });
    const startedAt = performance.now();
    const child = spawn(file, args, {
      cwd: join(folder, 'work'),
      env: env ?? process.env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const memory = watchMemory(child);
    const { exitCode, stderr } = await ended(child);
    return { ...read(server, startedAt), peakMegabytes: memory(), exitCode, stderr };
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(server: ModelServer, startedAt: number) {
  const requests = agentRequests(server);
  const first = requests[0];
  const turnMs = requests.slice(1).flatMap((request, index) => {
    const answeredAt = requests[index]?.answeredAtMs;
    return answeredAt === undefined ? [] : [request.atMs - answeredAt];
  });
  const last = requests.at(-1);
  return {
    wholeTurnMs: first && last ? (last.atMs - first.atMs) / (requests.length - 1) : Number.NaN,
    spawnToFirstRequestMs: first ? first.atMs - startedAt : Number.NaN,
    turnMs,
    lastAnswerMs: last?.answeredAtMs === undefined ? Number.NaN : last.answeredAtMs - last.atMs,
    connections: new Set(requests.map(({ connection }) => connection)).size,
    firstRequestBytes: first ? Buffer.byteLength(first.rawBody) : 0,
    requests: requests.length,
    judgeRequests: server.requests.filter(({ path }) => path.endsWith('/chat/completions')).length - requests.length,
  };
}

/** The agent's own, known by their tools; where bodies are forgotten, those of the judge count too. */
export function agentRequests(server: ModelServer): ModelServer['requests'] {
  return server.requests.filter(
    ({ path, body }) =>
      path.endsWith('/chat/completions') && (Array.isArray(body.tools) || body.messages === undefined),
  );
}

function ended(child: ChildProcess): Promise<{ exitCode: number | null; stderr: string }> {
  return new Promise((resolve, reject) => {
    let stderr = '';
    child.stderr?.on('data', (chunk) => {
      stderr = (stderr + String(chunk)).slice(-2000);
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stderr }));
  });
}

/** The high-water mark of the process's resident memory, read from the kernel every 20 ms (Linux; NaN elsewhere). */
function watchMemory(child: ChildProcess): () => number {
  let peak = Number.NaN;
  const look = () => {
    try {
      const kilobytes = readFileSync(`/proc/${child.pid}/status`, 'utf8').match(/VmHWM:\s+(\d+)/)?.[1];
      if (kilobytes) peak = Number(kilobytes) / 1000;
    } catch {
      // The process has ended, or this system has no /proc.
    }
  };
  const timer = setInterval(look, 20);
  child.on('close', () => clearInterval(timer));
  return () => peak;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
