import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findStallingFile, knownStallingFile } from '../../src/core/disk/stalling-files.ts';
import { boundMemory } from '../../src/core/process/bound-memory.ts';

test.each<[string, string, (path: string) => void, string | undefined]>([
  ['a pipe below the folder', 'sub/deep/.gitignore', (path) => execFileSync('mkfifo', [path]), 'is a pipe'],
  ['a pipe above the folder', '../.gitignore', (path) => execFileSync('mkfifo', [path]), 'is a pipe'],
  ['a pipe of the repository', '.git/info/exclude', (path) => execFileSync('mkfifo', [path]), 'is a pipe'],
  ['a link to a device', 'sub/.gitattributes', (path) => symlinkSync('/dev/zero', path), 'is a device'],
  ['a huge file without content', 'sub/.gitignore', (path) => makeLarge(path, 3e9), 'has 3000 MB'],
  ['an ordinary file', 'sub/.gitignore', (path) => writeFileSync(path, 'out/\n'), undefined],
  ['a large file of another name', 'sub/data.bin', (path) => makeLarge(path, 3e9), undefined],
])('of what may stall git or ripgrep, %s is told apart', async (_, name, make, what) => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-stalling-')));
  const root = join(base, 'work');
  for (const folder of ['sub/deep', '.git/info']) mkdirSync(join(root, folder), { recursive: true });
  make(join(root, name));
  const found = await findStallingFile(root);
  expect(found?.what).toBe(what);
  expect(knownStallingFile(root)).toEqual(found);
  rmSync(base, { recursive: true });
  expect(knownStallingFile(root)).toBe(undefined);
});

function makeLarge(path: string, bytes: number): void {
  writeFileSync(path, '');
  truncateSync(path, bytes);
}

test.skipIf(process.platform !== 'linux')('a program of ours that reads without end fails for want of memory', () => {
  const { file, args } = boundMemory(process.execPath, [
    '-e',
    'for (const all = []; ; ) all.push(Buffer.alloc(1e8, 1))',
  ]);
  expect(() => execFileSync(file, [...args], { stdio: 'ignore', timeout: 60_000 })).toThrow();
});
