import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { findCrowdedFolders, listUnlessCrowded } from '../../src/checkpoints/crowded-folders.ts';
import { findChanges } from '../../src/checkpoints/find-changes.ts';
import { openStore } from '../../src/checkpoints/snapshot-store.ts';
import type { StoreGit } from '../../src/checkpoints/store-git.ts';
import { removeFolder } from '../remove-folder.ts';
import { commitFiles, git, makeSandpit, type Sandpit, write } from './repository.ts';

const root = mkdtempSync(join(tmpdir(), 'wink-crowded-'));
afterAll(() => removeFolder(root));

function fill(folder: string, count: number): void {
  mkdirSync(join(root, folder), { recursive: true });
  for (let index = 0; index < count; index += 1) writeFileSync(join(root, folder, `${index}`), '');
}

/** A walk that ends only when it is stopped. */
const endless = (signal: AbortSignal) => wait(60_000, Buffer.from('never'), { signal });

describe('the walk of a snapshot', () => {
  test('that is short is taken as it is, and nothing is looked for', async () => {
    const looked = () => Promise.reject(new Error('looked'));
    expect(await listUnlessCrowded(async () => Buffer.from('all'), looked)).toEqual({ output: Buffer.from('all') });
  });

  test('that is long is stopped when whole new folders make it so, and waited for otherwise', async () => {
    expect(await listUnlessCrowded(endless, async () => ['data/'])).toEqual({ crowded: ['data/'] });
    let end = (_: Buffer) => {};
    const walk = new Promise<Buffer>((resolve) => {
      end = resolve;
    });
    const looked = async () => {
      end(Buffer.from('in the end'));
      return [];
    };
    expect(await listUnlessCrowded(() => walk, looked)).toEqual({ output: Buffer.from('in the end') });
  });

  test('that fails says so', async () => {
    const failing = () => Promise.reject(new Error('no such index'));
    await expect(listUnlessCrowded(failing, async () => ['data/'])).rejects.toThrow('no such index');
  });
});

describe('crowded are', () => {
  const nothingKnown = { ignored: async () => [], tracked: new Set<string>() };

  test('the heaviest new folders; installed packages and repositories in them do not count', async () => {
    fill('data/raw', 5_001);
    fill('app/node_modules/x', 10);
    fill('app/src', 3);
    fill('other/.git', 1);
    fill('outer/inner', 5_001);
    fill('outer/inner/.git', 1);
    const folders = ['app/', 'data/', 'other/', 'outer/', 'gone/'];
    expect(await findCrowdedFolders(root, folders, nothingKnown)).toEqual(['data/']);
    expect(await findCrowdedFolders(root, ['app/', 'other/'], nothingKnown)).toEqual([]);
  });

  test('not those beside one so full that there would be no time to look at all of it', async () => {
    fill('flat', 5_500);
    fill('docs', 1);
    const folders = ['flat/', 'docs/', ...Array.from({ length: 30 }, (_, index) => `more${index}/`)];
    for (const folder of folders.slice(2)) fill(folder, 1);
    expect(await findCrowdedFolders(root, folders, nothingKnown, 5_400)).toEqual(['flat/']);
  });

  test('not those for which there was no time', async () => {
    fill('late', 10);
    expect(await findCrowdedFolders(root, ['data/', 'late/'], nothingKnown, 5_000)).toEqual(['data/']);
  });
});

describe('a walk that takes long', () => {
  /** What is found when git's first walk never ends by itself. */
  async function findWhenSlow(sandpit: Sandpit): Promise<{ changed: string[]; passedOver: string[] }> {
    const options = { root: sandpit.work, folder: join(sandpit.home, 'store'), maxBytes: 1e7, home: sandpit.home };
    const store = await openStore(options, () => new AbortController().signal);
    let isFirst = true;
    const slow: StoreGit = async (args, input, stop) => {
      if (args[0] !== 'ls-files' || !args.includes('-t') || !isFirst) return store.git(args, input, stop);
      isFirst = false;
      // On a machine where nothing is crowded it ends in the end.
      await wait(3_000, undefined, stop && { signal: stop });
      return store.git(args, input, stop);
    };
    const passedOver = new Set<string>();
    const listTracked = async () => new Set(git(sandpit.work, 'ls-files', '-z').split('\0').filter(Boolean));
    const { changed } = await findChanges(slow, options, { passedOver, listTracked });
    return { changed, passedOver: [...passedOver] };
  }

  const many = (folder: string, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${folder}${index}`, '']));

  test('leaves the source beside many ignored files', { timeout: 60_000 }, async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { '.gitignore': '*.o\nbuild/\n' });
    write(sandpit.work, { 'fresh/main.c': 'x', ...many('data/', 5_001), ...many('fresh/build/', 5_200) });
    const objects = Object.keys(many('other/', 5_200)).map((path) => [`${path}.o`, '']);
    write(sandpit.work, { 'other/main.c': 'x', ...Object.fromEntries(objects) });
    const { changed, passedOver } = await findWhenSlow(sandpit);
    expect(passedOver).toEqual(['data/']);
    expect(changed.filter((path) => path !== '.gitignore')).toEqual(['fresh/main.c', 'other/main.c']);
  });

  test("keeps what the user's git has, also in a folder that is crowded by other files", {
    timeout: 60_000,
  }, async () => {
    const sandpit = makeSandpit();
    // With a filter the user's index can't be taken over, so that all files are new to the store.
    commitFiles(sandpit.work, { ...many('src/', 5_200), 'mixed/a': 'a', '.gitattributes': '*.bin filter=lfs\n' });
    git(sandpit.work, 'config', 'filter.lfs.clean', 'cat');
    write(sandpit.work, many('mixed/new', 5_001));
    const { changed, passedOver } = await findWhenSlow(sandpit);
    expect(passedOver).toEqual(['mixed/']);
    expect(changed).toHaveLength(5_202);
    expect(changed).toContain('mixed/a');
  });
});
