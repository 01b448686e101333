import { chmodSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findProgram, repositoryAround } from '../../src/core/process/find-program.ts';

test('a program is taken from the path, but none that the repository around brings', () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-program-')));
  const [work, own] = [join(base, 'work'), join(base, 'own')];
  for (const folder of [join(work, '.git'), join(work, 'bin/tool'), join(work, 'src'), own])
    mkdirSync(folder, { recursive: true });
  for (const folder of [join(work, 'bin'), own]) {
    writeFileSync(join(folder, 'rg'), '');
    chmodSync(join(folder, 'rg'), 0o755);
  }
  const roots = [repositoryAround(join(work, 'src'))];
  expect(roots).toEqual([work]);
  expect(findProgram('rg', `bin:.::${work}/bin:${own}`, roots)).toBe(join(own, 'rg'));
  expect(findProgram('rg', `${work}/bin`, roots)).toBeUndefined();
  expect(findProgram('tool', `${work}/bin`, [])).toBeUndefined();
});
