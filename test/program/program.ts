import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type ModelServer, type ModelServerOptions, startModelServer } from '../../src/demo/server.ts';
import { compiledCode } from '../compiled-code.ts';
import { afterEveryTest } from '../leftovers.ts';
import { removeFolder } from '../remove-folder.ts';

const launcher = resolve(import.meta.dirname, '../../bin/wink-agent.js');

export type Ended = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

const folders: string[] = [];
const servers: ModelServer[] = [];
const children: ChildProcess[] = [];

afterEveryTest(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of servers.splice(0)) await server.close();
  for (const folder of folders.splice(0)) await removeFolder(folder);
});

/** A folder that is removed after the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wink-test-'));
  folders.push(folder);
  return folder;
}

/** A scripted model server that is closed after the test. */
export async function serve(
  scenario: ModelServerOptions['scenario'],
  more: Omit<ModelServerOptions, 'scenario'> = {},
): Promise<ModelServer> {
  const server = await startModelServer({ scenario, ...more });
  servers.push(server);
  return server;
}

/** Starts the built program with an environment that holds nothing of this machine's user. */
export function start(
  words: readonly string[],
  place: { cwd: string; home: string; env?: NodeJS.ProcessEnv; stdin?: 'ignore' | 'pipe' },
): ChildProcess {
  const env = {
    PATH: process.env.PATH,
    HOME: place.home,
    WINK_HOME: join(place.home, '.wink'),
    ...compiledCode,
    ...place.env,
  };
  const child = spawn(process.execPath, [launcher, ...words], {
    cwd: place.cwd,
    env,
    stdio: [place.stdin ?? 'ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

export function ended(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  return new Promise((done, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => done({ code, signal, stdout, stderr }));
  });
}

export async function run(
  words: readonly string[],
  place: Parameters<typeof start>[1] & { input?: string },
): Promise<Ended> {
  const child = start(words, { ...place, stdin: place.input === undefined ? (place.stdin ?? 'ignore') : 'pipe' });
  if (place.input !== undefined) child.stdin?.end(place.input);
  return ended(child);
}

/** The lines of a text as JSON objects. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
