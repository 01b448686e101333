import { expect, it } from 'vitest';
import { readScript } from '../../src/core/shell/read-script.ts';
import { readsFolder } from '../../src/permissions/folder-readers.ts';
import { makePlace } from './workspace.ts';

const { cwd, home } = makePlace();

it.each<readonly [string, boolean]>([
  ['git diff . /usr/lib', true],
  ['git diff HEAD src', false],
  ['grep -rn x src/a.ts', false],
  ['grep -rn x src/a.ts src', true],
  ['grep src package.json', false],
  ['rg x src/a.ts', false],
  ['rg x', true],
  ['diff -u src/a.ts src/b.ts', false],
  ['diff src .', true],
  ['ls -R .', false],
  ['find . -name a', false],
])('%s: %s', (command, isReader) => {
  const [only] = readScript(command, { home, cwd }).commands;
  expect(readsFolder(only!, [cwd], false)).toBe(isReader);
});
