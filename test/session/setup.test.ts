import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseNoFlags } from '../../src/command-line/args.ts';
import { ownPath } from '../../src/core/process/find-program.ts';
import { prepareSetup } from '../../src/session/setup.ts';
import { makeFolder } from '../program/program.ts';

test('from then on the agent starts no program of the workspace and of the folders added to it', async () => {
  const [cwd, added, other] = [makeFolder(), makeFolder(), makeFolder()];
  const home = join(cwd, 'home');
  mkdirSync(home);
  const path = [cwd, added, other].map((folder) => join(folder, 'node_modules/.bin')).join(':');
  await prepareSetup({ ...parseNoFlags(), cwd, addDirs: [added] }, { WINK_HOME: home });
  expect(ownPath(path)).toBe(join(other, 'node_modules/.bin'));
});
