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
import type { ToolContext } from '../../src/core/tool.ts';
import type { JsonObject } from '../../src/core/types.ts';
import { findRipgrep } from '../../tools/search/ripgrep.ts';
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
  const { call } = makeHarness({ cwd: work });
  const read = (place: Pick<ToolContext, 'checkedPaths'>) => call('read', { path: 'd/f' }, undefined, place);
  const checkedPaths = new Map([[join(work, 'd/f'), join(work, 'd/f')]]);
  expect((await read({ checkedPaths })).output).toContain('plain');
  unlinkSync(join(work, 'd/f'));
  symlinkSync(join(outside, 'f'), join(work, 'd/f'));
  const result = await read({ checkedPaths });
  expect(result).toMatchObject({ isError: true, errorKind: 'stale-file' });
  expect(result.output).not.toContain('secret');
});

it.runIf(process.platform === 'linux')(
  'nor is a folder searched or listed that was swapped for a link, and no name is given from behind it',
  async () => {
    const { work, outside } = makePlace();
    writeFileSync(join(work, 'd/f'), 'plain\n');
    const { call } = makeHarness({ cwd: work });
    const checkedPaths = new Map(
      [join(work, 'd'), join(work, 'd/f'), join(work, 'd/gone')].map((path) => [path, path]),
    );
    const calls: [string, JsonObject][] = [
      ['grep', { pattern: 'secret|plain', path: 'd' }],
      ['grep', { pattern: 'secret|plain', path: 'd/f' }],
      ['glob', { pattern: '*', path: 'd' }],
      ['read', { path: 'd' }],
      ['read', { path: 'd/gone' }],
    ];
    const outputs = async () =>
      Promise.all(calls.map(async ([name, input]) => (await call(name, input, undefined, { checkedPaths })).output));
    expect((await outputs()).slice(0, 3)).toEqual(['d/f\n1:plain', 'd/f\n1:plain', 'd/f']);
    renameSync(join(work, 'd'), join(work, 'kept'));
    symlinkSync(outside, join(work, 'd'));
    writeFileSync(join(outside, 'behind'), '');
    for (const output of await outputs()) expect(output).not.toMatch(/secret|behind|\bf\b.*\bf\b/);
  },
);

it.runIf(findRipgrep())(
  'while a command runs that could swap folders, a search of the workspace sees no more than that command',
  async () => {
    const wrapped: string[] = [];
    const { call, put } = makeHarness({
      confine: {
        wrapCommand: (file, args, confinement) => {
          wrapped.push(`${confinement} ${file.split('/').at(-1)}`);
          return { file, args };
        },
      },
    });
    put('a.txt', 'needle\n');
    const search = async () => (await call('grep', { pattern: 'needle' })).output;
    expect(await search()).toBe('a.txt\n1:needle');
    expect(wrapped).toEqual([]);
    await call('shell', { command: 'sleep 60', background: true });
    wrapped.length = 0;
    expect(await search()).toBe('a.txt\n1:needle');
    expect(wrapped).toEqual(['read-only rg']);
    await call('shell', { job: 'job-1', kill: true });
  },
);

it('what a search leaves out is judged by where a file lies, whatever link the search goes through', async () => {
  const { work } = makePlace();
  mkdirSync(join(work, 'private'));
  writeFileSync(join(work, 'private/s'), 'needle\n');
  symlinkSync('..', join(work, 'd/up'));
  const { call } = makeHarness({
    cwd: work,
    confine: { hides: () => (path) => path.startsWith(join(work, 'private')) },
  });
  const checkedPaths = new Map([[join(work, 'd/up'), work]]);
  const { output } = await call('grep', { pattern: 'needle', path: 'd/up' }, undefined, { checkedPaths });
  expect(output).not.toContain('private');
  expect(output).toContain('were left out');
});
