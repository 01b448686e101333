import { spawn } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { writeFileAtomic } from '../../src/core/disk/atomic.ts';
import { makeHarness } from './harness.ts';

function makePlace() {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-swap-')));
  const [work, outside] = [join(base, 'work'), join(base, 'outside')];
  for (const folder of [join(work, 'd'), outside]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(outside, 'f'), 'secret\n');
  return { work, outside };
}

it.runIf(process.platform === 'linux')(
  'a write goes to the path that was allowed, or nowhere, when a folder becomes a link',
  async () => {
    const { work, outside } = makePlace();
    const judged = join(work, 'd', 'f');
    renameSync(join(work, 'd'), join(work, 'kept'));
    symlinkSync(outside, join(work, 'd'));
    await expect(writeFileAtomic(judged, 'new\n', undefined, judged)).rejects.toThrow();
    expect(readFileSync(join(outside, 'f'), 'utf8')).toBe('secret\n');
  },
);

it.runIf(process.platform === 'linux')(
  'nor when a file becomes a link, or both change all the time',
  { timeout: 30_000 },
  async () => {
    const { work, outside } = makePlace();
    const judged = join(work, 'd', 'f');
    symlinkSync(join(outside, 'f'), judged);
    await expect(writeFileAtomic(judged, 'new\n', undefined, judged)).rejects.toThrow(/link/);
    unlinkSync(judged);
    const script = `while :; do mv -T d k 2>/dev/null && ln -s ../outside d && rm d && mv -T k d; done`;
    const swapper = spawn('/bin/sh', ['-c', script], { cwd: work, stdio: 'ignore' });
    for (let round = 0; round < 150; round += 1)
      await writeFileAtomic(judged, 'new\n', undefined, judged).catch(() => {});
    swapper.kill('SIGKILL');
    expect(readdirSync(outside)).toEqual(['f']);
    expect(readFileSync(join(outside, 'f'), 'utf8')).toBe('secret\n');
  },
);

it.runIf(process.platform === 'linux')('a file that leads elsewhere than when it was allowed is not read', async () => {
  const { work, outside } = makePlace();
  writeFileSync(join(work, 'd/f'), 'plain\n');
  const { call, workspace } = makeHarness({ cwd: work });
  workspace.checkedPaths?.set(join(work, 'd/f'), join(work, 'd/f'));
  expect((await call('read', { path: 'd/f' })).output).toContain('plain');
  unlinkSync(join(work, 'd/f'));
  symlinkSync(join(outside, 'f'), join(work, 'd/f'));
  const result = await call('read', { path: 'd/f' });
  expect(result).toMatchObject({ isError: true, errorKind: 'stale-file' });
  expect(result.output).not.toContain('secret');
});
