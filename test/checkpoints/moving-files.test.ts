import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { checkpointsOf, commitFiles, makeSandpit, type Sandpit } from './repository.ts';

const children: ReturnType<typeof spawn>[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
});

/** Runs a program beside the snapshots that changes files of the workspace without rest; it says `ready` after its first round. */
async function change(work: string, round: string): Promise<void> {
  const program = `
    const { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } = require('node:fs');
    const wait = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    for (let n = 0; ; n++) { ${round}; if (n === 0) process.stdout.write('ready'); }`;
  const child = spawn(process.execPath, ['-e', program], { cwd: work, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  await once(child.stdout!, 'data');
}

const habits: readonly (readonly [string, string])[] = [
  [
    'writes files under other names and moves them',
    "writeFileSync('t' + n, 'x' + n); wait(2); renameSync('t' + n, 'f' + (n % 5)); wait(1)",
  ],
  ['cuts large files', "writeFileSync('large', 'y'.repeat(9_000_000)); truncateSync('large', 10)"],
  [
    'makes folders and links of files',
    "writeFileSync('d', 'a'); wait(1); rmSync('d'); mkdirSync('d'); writeFileSync('d/x', '1'); wait(1); rmSync('d', { recursive: true }); symlinkSync('nowhere', 'd'); wait(1); rmSync('d')",
  ],
];

async function snapshots(sandpit: Sandpit, count: number): Promise<readonly (string | undefined)[]> {
  const checkpoints = checkpointsOf(sandpit);
  const problems: (string | undefined)[] = [];
  for (let step = 0; step < count; step++) {
    await checkpoints.snapshot(`turn ${step}`, step);
    problems.push(checkpoints.problem());
  }
  await checkpoints.close();
  return problems;
}

it.each(habits)('makes its checkpoints while another program %s', async (_habit, round) => {
  const sandpit = makeSandpit();
  commitFiles(sandpit.work, { 'a.txt': 'a\n' });
  await change(sandpit.work, round);
  expect((await snapshots(sandpit, 15)).filter((problem) => problem !== undefined)).toEqual([]);
});
