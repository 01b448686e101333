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
