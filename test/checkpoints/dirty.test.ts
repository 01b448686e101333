import { mkdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dirtyFiles } from '../../src/checkpoints/dirty.ts';
import { commitFiles, git, makeSandpit, write } from './repository.ts';

describe('dirtyFiles', () => {
  it("knows the user's uncommitted work and which of it was touched", async () => {
    const { work } = makeSandpit();
    commitFiles(work, {
      'clean.txt': 'x',
      'changed.txt': 'x',
      'gone.txt': 'x',
      'staged.txt': 'x',
      '.gitignore': 'ignored\n',
    });
    write(work, { 'changed.txt': 'mine', 'new folder/new\nfile é': 'mine', 'staged.txt': 'mine', ignored: 'x' });
    rmSync(join(work, 'gone.txt'));
    git(work, 'add', 'staged.txt');
    const dirty = await dirtyFiles(join(work, 'new folder'));
    expect(Object.fromEntries(dirty.files.map(({ path, state }) => [path.slice(work.length + 1), state]))).toEqual({
      'changed.txt': 'changed',
      'gone.txt': 'deleted',
      'staged.txt': 'changed',
      'new folder/new\nfile é': 'new',
    });
    expect(await dirty.touched()).toEqual([]);
    utimesSync(join(work, 'changed.txt'), 1, 1);
    write(work, { 'clean.txt': 'agent' });
    expect(await dirty.touched()).toEqual([]);
    write(work, { 'changed.txt': 'MINE', 'gone.txt': 'back' });
    rmSync(join(work, 'new folder'), { recursive: true });
    expect((await dirty.touched()).sort()).toEqual([
      join(work, 'changed.txt'),
      join(work, 'gone.txt'),
      join(work, 'new folder/new\nfile é'),
    ]);
  });

  it("does not write to the user's index", async () => {
    const { work } = makeSandpit();
    commitFiles(work, { 'a.txt': 'x' });
    const index = join(work, '.git/index');
    const [content, changed] = [readFileSync(index), statSync(index).mtimeMs];
    utimesSync(join(work, 'a.txt'), 5, 5);
    expect((await dirtyFiles(work)).files).toEqual([]);
    expect(readFileSync(index).equals(content)).toBe(true);
    expect(statSync(index).mtimeMs).toBe(changed);
  });

  it('is empty outside a repository and in a folder that is gone', async () => {
    const { work } = makeSandpit();
    expect((await dirtyFiles(work)).files).toEqual([]);
    mkdirSync(join(work, 'gone'));
    rmSync(join(work, 'gone'), { recursive: true });
    expect((await dirtyFiles(join(work, 'gone'))).files).toEqual([]);
  });
});
