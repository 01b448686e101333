import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { findCrowdedFolders, listUnlessCrowded } from '../../src/checkpoints/crowded-folders.ts';
import { removeFolder } from '../remove-folder.ts';

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

test('crowded are the heaviest new folders; installed packages and repositories in them do not count', async () => {
  fill('data/raw', 5_001);
  fill('app/node_modules/x', 10);
  fill('app/src', 3);
  fill('other/.git', 1);
  expect(await findCrowdedFolders(root, ['app/', 'data/', 'other/', 'gone/'])).toEqual(['data/']);
  expect(await findCrowdedFolders(root, ['app/', 'other/'])).toEqual([]);
});
