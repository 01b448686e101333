import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeDiffView } from '../../tools/edit/diff-view.ts';

const numbered = (count: number, change: (index: number) => boolean) =>
  Array.from({ length: count }, (_, index) => (change(index) ? `changed ${index}` : `line ${index}`)).join('\n');

it.each([
  ['every third of 9,000 lines', 9_000, 3],
  ['every line of 4,000', 4_000, 1],
  ['one line of 20,000', 20_000, 20_000],
])('counts %s as git does, and shows them all to a question', async (_name, count, every) => {
  const [before, after] = [numbered(count, () => false), numbered(count, (index) => index % every === 0)];
  const view = await makeDiffView('a', '/a', before, after, 50_000);
  const folder = mkdtempSync(join(tmpdir(), 'wink-numstat-'));
  writeFileSync(join(folder, 'a'), before);
  writeFileSync(join(folder, 'b'), after);
  let numstat = '';
  try {
    execFileSync('git', ['diff', '--no-index', '--numstat', 'a', 'b'], { cwd: folder, encoding: 'utf8' });
  } catch (error) {
    numstat = error instanceof Error && 'stdout' in error ? String(error.stdout) : '';
  }
  rmSync(folder, { recursive: true });
  if (view.kind !== 'diff') throw new Error('not a diff');
  expect(numstat.split('\t').slice(0, 2).map(Number)).toEqual([view.added, view.removed]);
  expect(view.lines.filter(({ kind }) => kind === 'add')).toHaveLength(view.added);
});
