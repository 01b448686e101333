import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { buildProgram } from './build-program.ts';
import { openScreen, type ScreenOptions, type TestScreen } from './driver.ts';

const root = join(import.meta.dirname, '..', '..');
let program = '';
let home = '';
let project = '';
let screen: TestScreen | undefined;

beforeAll(async () => {
  program = await buildProgram(root);
}, 60_000);
afterAll(() => rmSync(dirname(program), { recursive: true, force: true }));
afterEach(() => screen?.kill('SIGKILL'));

function start(options: Partial<ScreenOptions> & { info?: object } = {}): TestScreen {
  home = mkdtempSync(join(tmpdir(), 'wink-home-'));
  project = mkdtempSync(join(tmpdir(), 'wink-project-'));
  const { info, env, ...rest } = options;
  screen = openScreen({ command: process.execPath, args: [program], cwd: project, ...rest, env: { WINK_HOME: home, ...(info ? { TEST_INFO: JSON.stringify(info) } : {}), ...env } });
  return screen;
}

describe('a whole task', () => {
  it('shows the answer, the diff and the test output, and asks before the edit', async () => {
    const terminal = start();
    await terminal.shows('Ask for something');
    terminal.press('task please\r');
    await terminal.shows('Allow edit?');
    console.log(terminal.text());
    terminal.press('y');
    await terminal.shows('done');
    console.log(terminal.all().join('\n'));
  });
});
