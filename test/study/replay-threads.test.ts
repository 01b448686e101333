import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/prompt.ts';
import { breakingRun, goodRun, stuckRun, temporaryFolder, writeDataset } from './runs.ts';

const folder = temporaryFolder();
const program = join(packageRoot(), 'bin/wink-agent.js');

describe('replay on worker threads', () => {
  it('gives the same lines in the same order as on one thread', async () => {
    const runs = Array.from({ length: 60 }, (_, n) => ({
      ...[goodRun, stuckRun, breakingRun][n % 3],
      id: `run-${n}`,
    }));
    const files = ['a', 'b', 'c'].map((name) => writeDataset(join(folder, `${name}.jsonl.gz`), runs));
    const counter = join(folder, 'count-threads.cjs');
    writeFileSync(counter, "process.on('worker', () => process.stderr.write('a thread started\\n'));");
    const replay = (workers: string) =>
      execa(process.execPath, [
        '--require',
        counter,
        program,
        'replay',
        ...files,
        '--format',
        'jsonl',
        '--workers',
        workers,
      ]);
    const [threads, single] = await Promise.all([replay('2'), replay('0')]);
    expect(threads.stdout.split('\n')).toHaveLength(180);
    expect(threads.stdout).toBe(single.stdout);
    expect(threads.stderr.match(/a thread started/g)).toHaveLength(2);
    expect(single.stderr).not.toContain('a thread started');
  });

  it('ends with one sentence when a path does not exist', async () => {
    const { exitCode, stderr } = await execa('node', [program, 'replay', join(folder, 'nowhere')], { reject: false });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('There is no file or folder');
  });
});
