import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseLeftOut, excludePattern } from '../../src/checkpoints/leave-out.ts';
import { checkpointsOf, commitFiles, git, makeSandpit } from './repository.ts';

const many = (folder: string, count: number, weight = 1) =>
  Array.from({ length: count }, (_, index) => ({ path: `${folder}${index}`, weight }));

describe('what is left out', () => {
  it('is nothing while it is few', () => {
    expect(chooseLeftOut(many('src/', 5000))).toEqual([]);
  });

  it('is the deepest folder that holds most of what is too much', () => {
    const files = [...many('src/a/', 900), ...many('data/raw/images/', 8000), ...many('data/raw/', 10)];
    expect(chooseLeftOut(files)).toEqual(['data/raw/images/']);
    expect(chooseLeftOut([...many('data/a/', 6000), ...many('data/b/', 6000)])).toEqual(['data/']);
  });

  it('is several folders where several are too much, and single files that lie by themselves', () => {
    expect(chooseLeftOut([...many('one/', 6000), ...many('two/', 6000), ...many('src/', 10)])).toEqual([
      'one/',
      'two/',
    ]);
    expect(chooseLeftOut([{ path: 'huge.bin', weight: 90 }, ...many('src/', 3)], 50)).toEqual(['huge.bin']);
    expect(chooseLeftOut(many('', 6000))).toHaveLength(1000);
  });

  it('never counts what weighs nothing', () => {
    expect(chooseLeftOut([...many('tracked/', 9000, 0), ...many('new/', 10)])).toEqual([]);
  });

  it('is named to git literally', () => {
    expect(excludePattern('a [b]/c*d/')).toBe('/a\\ \\[b\\]/c\\*d/');
  });
});

describe('checkpoints beside a huge new folder', () => {
  it('are made without it, say so, and still take back the rest', { timeout: 60_000 }, async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { 'a.txt': 'a\n' });
    mkdirSync(join(sandpit.work, 'data [raw]'));
    for (let index = 0; index < 5200; index++) writeFileSync(join(sandpit.work, `data [raw]/${index}`), 'x');
    const checkpoints = checkpointsOf(sandpit);
    expect(await checkpoints.snapshot('first turn', 0)).toBeDefined();
    expect(checkpoints.tooMany()).toEqual(['data [raw]/']);
    writeFileSync(join(sandpit.work, 'a.txt'), 'changed\n');
    writeFileSync(join(sandpit.work, 'data [raw]/new'), 'new\n');
    expect(await checkpoints.finishTurn(1)).toEqual([join(sandpit.work, 'a.txt')]);
    const undone = await checkpoints.undo();
    expect(undone?.changed).toEqual([join(sandpit.work, 'a.txt')]);
    expect(git(sandpit.work, 'status', '--porcelain')).toBe('?? "data [raw]/"\n');
    await checkpoints.close();
  });

  it('keep all files of the repository itself, however many', { timeout: 60_000 }, async () => {
    const sandpit = makeSandpit();
    const files = Object.fromEntries(Array.from({ length: 5200 }, (_, index) => [`src/${index}`, 'x\n']));
    // With a filter the user's index can't be taken over, so that all files are new to the store.
    commitFiles(sandpit.work, { ...files, '.gitattributes': '*.bin filter=lfs\n' });
    git(sandpit.work, 'config', 'filter.lfs.clean', 'cat');
    const checkpoints = checkpointsOf(sandpit);
    await checkpoints.snapshot('first turn', 0);
    expect(checkpoints.tooMany()).toEqual([]);
    writeFileSync(join(sandpit.work, 'src/7'), 'changed\n');
    await checkpoints.finishTurn(1);
    expect((await checkpoints.undo())?.changed).toEqual([join(sandpit.work, 'src/7')]);
    await checkpoints.close();
  });
});
