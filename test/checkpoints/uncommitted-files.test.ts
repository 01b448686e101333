import { mkdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { dirtyFiles } from '../../src/checkpoints/uncommitted-files.ts';
import { commitFiles, git, makeSandpit, write } from './repository.ts';

describe('dirtyFiles', () => {
  it("knows the user's uncommitted work", async () => {
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
    expect(Object.fromEntries(dirty.map(({ path, state }) => [path.slice(work.length + 1), state]))).toEqual({
      'changed.txt': 'changed',
      'gone.txt': 'deleted',
      'staged.txt': 'changed',
      'new folder/new\nfile é': 'new',
    });
  });

  it('names what git knows before what is new, and no more than can be told', async () => {
    const { work } = makeSandpit();
    commitFiles(work, { 'zebra.txt': 'x' });
    write(work, { 'zebra.txt': 'mine' });
    write(work, Object.fromEntries(Array.from({ length: 2_100 }, (_, n) => [`new/${n}.txt`, 'x'])));
    const files = await dirtyFiles(work);
    expect(files).toHaveLength(2_000);
    const first = { path: join(work, 'zebra.txt'), state: 'changed' };
    expect(files[0]).toEqual(first);
    const quick = await dirtyFiles(work, { quickMs: 0 });
    expect(quick).toEqual([first, { path: join(work, 'new/'), state: 'new' }]);
  });

  it('leaves out what the user ignores everywhere, also where a filter is switched off', async () => {
    const { work } = makeSandpit();
    const home = join(work, '../user');
    commitFiles(work, { 'a.txt': 'x' });
    write(work, { 'a.txt': 'mine', 'notes.own': 'mine' });
    write(home, { ignored: '*.own\n', gitconfig: `[core]\n\texcludesFile = ${join(home, 'ignored')}\n` });
    git(work, 'config', 'filter.any.clean', 'cat');
    vi.stubEnv('GIT_CONFIG_GLOBAL', join(home, 'gitconfig'));
    const dirty = await dirtyFiles(work);
    vi.unstubAllEnvs();
    expect(dirty).toEqual([{ path: join(work, 'a.txt'), state: 'changed' }]);
  });

  it("does not write to the user's index", async () => {
    const { work } = makeSandpit();
    commitFiles(work, { 'a.txt': 'x' });
    const index = join(work, '.git/index');
    const [content, changed] = [readFileSync(index), statSync(index).mtimeMs];
    utimesSync(join(work, 'a.txt'), 5, 5);
    expect(await dirtyFiles(work)).toEqual([]);
    expect(readFileSync(index).equals(content)).toBe(true);
    expect(statSync(index).mtimeMs).toBe(changed);
  });

  it('is empty outside a repository and in a folder that is gone', async () => {
    const { work } = makeSandpit();
    expect(await dirtyFiles(work)).toEqual([]);
    mkdirSync(join(work, 'gone'));
    rmSync(join(work, 'gone'), { recursive: true });
    expect(await dirtyFiles(join(work, 'gone'))).toEqual([]);
  });
});
