import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { compiledCode } from '../../compiled-code.ts';
import { removeFolder } from '../../remove-folder.ts';
import { openScreen, type TestScreen } from '../driver.ts';

const root = join(import.meta.dirname, '../../..');
const launcher = join(root, 'bin/wink-agent.js');
let screen: TestScreen | undefined;
let home = '';

afterEach(async () => {
  screen?.kill('SIGKILL');
  await removeFolder(home);
});

/** The built program itself; `npm test` builds it first. */
function start(...words: string[]): TestScreen {
  expect(existsSync(join(root, 'dist/main.cjs'))).toBe(true);
  home = mkdtempSync(join(tmpdir(), 'wink-product-'));
  screen = openScreen({
    command: process.execPath,
    args: [launcher, ...words],
    cwd: home,
    env: { WINK_HOME: join(home, '.wink'), ...compiledCode, HOME: home },
  });
  return screen;
}

describe('the built program in a terminal', () => {
  it('asks for approval with the diff and does what was allowed', async () => {
    const demo = start('demo', 'fix', '--approval', 'ask');
    await demo.shows(/Allow \w+\?/);
    if (process.env.SHOW) console.log(demo.text());
    for (let round = 0; round < 12 && !/✓ done/.test(demo.text()); round++) {
      await demo.shows(/Allow \w+\?|✓ done/);
      if (/Allow \w+\?/.test(demo.text())) {
        const before = demo.text();
        await demo.answers('y');
        await expect.poll(() => demo.text()).not.toBe(before);
      }
    }
    await demo.printed('✓ done');
    if (process.env.SHOW) console.log(demo.all().join('\n'));
  });

  it('only notes what it would have said under --shadow', async () => {
    const demo = start('demo', 'stuck-loop', '--shadow', '--max-turns', '5');
    await demo.printed('the observer would have said');
    await demo.printed('stopped at the turn limit');
  });
});
