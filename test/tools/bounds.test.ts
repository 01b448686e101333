import { type ChildProcess, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { bundleOnce } from '../bundle.ts';
import { makeHarness } from './harness.ts';

const megabyte = 1024 * 1024;
let script = '';

beforeAll(async () => {
  script = join(await bundleOnce('tools', { child: 'test/tools/child.ts' }), 'child.js');
});

type Answer = { outputs: string[]; liveCharacters: number; peakBytes: number };

function start(
  cwd: string,
  calls: [string, Record<string, unknown>][],
  env: Record<string, string> = {},
): ChildProcess {
  return spawn(process.execPath, [script, cwd, JSON.stringify(calls)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function answerOf(child: ChildProcess): Promise<Answer> {
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += chunk;
    if (text.includes('\n')) break;
  }
  return JSON.parse(text);
}

/** The peak of the calls beyond that of a process that does next to nothing. */
async function growth(
  cwd: string,
  calls: [string, Record<string, unknown>][],
  env: Record<string, string> = {},
): Promise<Answer & { growth: number }> {
  const idle = await answerOf(start(cwd, [['todo', { items: [] }]]));
  const answer = await answerOf(start(cwd, calls, env));
  return { ...answer, growth: answer.peakBytes - idle.peakBytes };
}

test('a command that prints 400 MB is held in bounded memory, live output and file', async () => {
  const { cwd } = makeHarness();
  const answer = await growth(cwd, [
    ['shell', { command: 'yes 0123456789012345678901234567890123456789 | head -c 400000000' }],
  ]);
  expect(answer.outputs[0]).toContain('of 400000000 bytes left out; the first 104857600 bytes are in');
  expect(answer.outputs[0]?.length).toBeLessThan(26_000);
  // A quarter of what it prints: how much is held moves with how often memory is collected on a busy machine.
  expect(answer.growth).toBeLessThan(100 * megabyte);
  expect(answer.liveCharacters).toBeLessThan(2 * megabyte);
  const [kept = ''] = readdirSync(`${cwd}-outputs`);
  expect(statSync(join(`${cwd}-outputs`, kept)).size).toBe(100 * megabyte);
}, 60_000);

test('huge files are read, searched and refused in bounded memory', async () => {
  const { cwd, put } = makeHarness();
  const piece = Buffer.alloc(megabyte, 'y');
  const line = openSync(put('line.txt', ''), 'w');
  for (let round = 0; round < 100; round += 1) writeSync(line, piece);
  closeSync(line);
  const many = put('many.txt', '');
  for (let round = 0; round < 10; round += 1) appendFileSync(many, 'some line\n'.repeat(100_000));
  truncateSync(put('huge.txt', 'text\n'.repeat(30_000)), 5 * 1024 * megabyte);
  const answer = await growth(cwd, [
    ['read', { path: 'line.txt' }],
    ['read', { path: 'many.txt', offset: 999_000 }],
    ['read', { path: 'huge.txt' }],
    ['edit', { path: 'huge.txt', edits: [{ oldText: 'text', newText: 'x' }] }],
    ['write', { path: 'huge.txt', content: 'x' }],
  ]);
  expect(answer.outputs[3]).toContain('too large for this tool');
  expect(answer.growth).toBeLessThan(64 * megabyte);
  const search = await growth(
    cwd,
    [
      ['grep', { pattern: 'z+', path: 'line.txt' }],
      ['grep', { pattern: 'some', path: 'many.txt' }],
    ],
    { PATH: dirname(script) },
  );
  expect(search.outputs[1]).toContain('[… there are more');
  expect(search.growth).toBeLessThan(64 * megabyte);
}, 60_000);

/** Command lines of living processes that hold a word. */
function processesWith(word: string): string[] {
  const lines = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    });
  return lines.filter((line) => line.includes(word) && !line.includes('child.js'));
}

test('no process of a command outlives an agent that was killed with SIGKILL', async () => {
  const { cwd } = makeHarness();
  // Seconds that nobody else sleeps, so that another run of these tests is not counted.
  const mark = `${randomInt(1e8, 1e9)}`;
  const command = `setsid sleep ${mark}1 > /dev/null 2>&1 & sleep ${mark}2 & echo up`;
  const child = start(
    cwd,
    [
      ['shell', { command }],
      ['shell', { command: `sleep ${mark}3`, background: true }],
    ],
    { WAIT: '1' },
  );
  await answerOf(child);
  await expect.poll(() => processesWith(`sleep ${mark}`).length).toBe(3);
  child.kill('SIGKILL');
  await expect.poll(() => processesWith(`sleep ${mark}`), { timeout: 10_000 }).toEqual([]);
}, 30_000);

test('processes of others are left alone when an agent is killed', async () => {
  const { cwd } = makeHarness();
  const mark = `${randomInt(1e8, 1e9)}`;
  const other = spawn('sleep', [`${mark}1`], { stdio: 'ignore', detached: true });
  const child = start(cwd, [['shell', { command: `sleep ${mark}2`, background: true }]], { WAIT: '1' });
  await answerOf(child);
  child.kill('SIGKILL');
  await expect.poll(() => processesWith(`sleep ${mark}2`), { timeout: 10_000 }).toEqual([]);
  expect(processesWith(`sleep ${mark}1`)).toHaveLength(1);
  other.kill();
}, 30_000);

test('a disk that takes no output file is told and costs nothing else', async () => {
  const { cwd } = makeHarness();
  mkdirSync(dirname(cwd), { recursive: true });
  writeFileSync(`${cwd}-outputs`, 'a file where the folder should be');
  const answer = await answerOf(start(cwd, [['shell', { command: 'seq 1 20000' }]]));
  expect(answer.outputs[0]).toContain('the full output could not be kept');
  expect(answer.outputs[0]).toContain('\n20000\n[exit code 0]');
});
