import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { holdFolder } from '../../src/checkpoints/held-folder.ts';
import { applyChanges } from '../../src/checkpoints/restore.ts';
import { removeFolder } from '../remove-folder.ts';

function makeFolders() {
  const base = mkdtempSync(join(tmpdir(), 'wink-held-'));
  onTestFinished(() => removeFolder(base));
  const [root, victim] = [join(base, 'work'), join(base, 'victim')];
  for (const folder of [join(root, 'd/deep'), join(victim, 'deep')]) mkdirSync(folder, { recursive: true });
  for (const name of ['x', 'deep/x']) writeFileSync(join(victim, name), 'good\n');
  return { root, victim };
}

/** A store that has one content. */
function storeOf(root: string, content: string) {
  const answer = `0 blob ${content.length}\n${content}\n`;
  const git = async (_: unknown, asked: Buffer) => Buffer.from(answer.repeat(String(asked).trim().split('\n').length));
  return { root, git } as never;
}

describe.runIf(process.platform === 'linux')('a restore', () => {
  test('stays in a folder that is swapped for a link while it is held', async () => {
    const { root, victim } = makeFolders();
    const held = await holdFolder(root, 'd/deep', { make: false });
    renameSync(join(root, 'd'), join(root, 'old'));
    symlinkSync(victim, join(root, 'd'));
    writeFileSync(held.at('x'), 'restored\n');
    await held.close();
    expect(readFileSync(join(root, 'old/deep/x'), 'utf8')).toBe('restored\n');
    expect(readFileSync(join(victim, 'deep/x'), 'utf8')).toBe('good\n');
  });

  test('writes, makes and removes nothing through a link, and puts the folder in its place', async () => {
    const { root, victim } = makeFolders();
    renameSync(join(root, 'd'), join(root, 'old'));
    symlinkSync(victim, join(root, 'd'));
    const to = { mode: '100644', blob: '0' };
    const { failures, links } = await applyChanges(storeOf(root, 'evil\n'), [
      { path: 'd/x', from: to },
      { path: 'd/new/x', from: undefined, to },
      { path: 'd/deep/x', from: to, to },
    ] as never);
    expect([failures, links]).toEqual([[], [{ path: 'd', target: victim }]]);
    expect(readdirSync(victim).sort()).toEqual(['deep', 'x']);
    expect(readFileSync(join(victim, 'deep/x'), 'utf8')).toBe('good\n');
    expect(readFileSync(join(root, 'd/new/x'), 'utf8')).toBe('evil\n');
  });
});
