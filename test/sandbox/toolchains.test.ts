import { mkdirSync, mkdtempSync, realpathSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findToolchains } from '../../src/sandbox/toolchains.ts';
import { removeFolder } from '../remove-folder.ts';

test('a folder of the PATH that can’t be reached keeps none of the others from being seen', () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-path-')));
  onTestFinished(() => removeFolder(base));
  mkdirSync(join(base, 'tools'));
  symlinkSync('circle', join(base, 'circle'));
  const path = [
    join(base, 'circle'),
    join(base, 'circle/bin'),
    'x'.repeat(5_000),
    `/${'x'.repeat(300)}`,
    join(base, 'tools'),
  ];
  expect(findToolchains('/nowhere', path.join(':'), []).map((mount) => mount.path)).toContain(join(base, 'tools'));
});

test('the home folder is no folder of programs, however the PATH spells it', () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-path-')));
  onTestFinished(() => removeFolder(base));
  const home = join(base, 'home');
  mkdirSync(join(home, 'bin'), { recursive: true });
  symlinkSync(home, join(base, 'link'));
  for (const spelling of [`${home}/`, `${home}/.`, `${home}//`, `${home}/bin/..`, join(base, 'link'), base]) {
    const mounts = findToolchains(home, `${spelling}:${home}/bin/`, []).map((mount) => mount.path);
    expect([spelling, mounts.filter((path) => path.startsWith(base))]).toEqual([spelling, [`${home}/bin`]]);
  }
});
