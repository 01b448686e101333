import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll } from 'vitest';
import type { ScreenInfo } from '../../src/ui/screen-deps.ts';
import { bundleOnce } from '../bundle.ts';
import { removeFolder } from '../remove-folder.ts';
import { openScreen, type ScreenOptions, type TestScreen } from './driver.ts';

export type StartOptions = Partial<Omit<ScreenOptions, 'command' | 'args'>> & {
  readonly info?: Partial<ScreenInfo>;
  readonly home?: string;
  /** A shell script that starts the program as `"$@"`. */
  readonly shell?: string;
};

/** The function starts it in a new terminal with a home and a project of its own. */
export function screensForTests(): (options?: StartOptions) => TestScreen {
  let program = '';
  const folders: string[] = [];
  const screens: TestScreen[] = [];
  beforeAll(async () => {
    program = join(await bundleOnce('screen', { program: 'test/ui/program.ts' }), 'program.js');
  }, 60_000);
  afterEach(async () => {
    for (const screen of screens.splice(0)) screen.kill('SIGKILL');
    for (const folder of folders.splice(0)) await removeFolder(folder);
  });
  const folder = () => {
    const path = mkdtempSync(join(tmpdir(), 'wink-screen-'));
    folders.push(path);
    return path;
  };
  return ({ info, env, home, cwd, shell, ...rest } = {}) => {
    const screen = openScreen({
      command: shell ? '/bin/sh' : process.execPath,
      args: shell ? ['-c', shell, 'sh', process.execPath, program] : [program],
      cwd: cwd ?? folder(),
      ...rest,
      env: {
        WINK_HOME: home ?? folder(),
        TEST_INFO: JSON.stringify({ cwd: '/home/me/project', ...(cwd ? { cwd } : {}), ...info }),
        HOME: '/home/me',
        ...env,
      },
    });
    screens.push(screen);
    return screen;
  };
}

/** A screen as text for comparing: times and spinners stand still. */
export function golden(rows: readonly string[]): string {
  return `${rows
    .join('\n')
    .replace(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '⠋')
    .replace(/\d+(?:\.\d)? s\b/g, 'N s')
    .replace(/thought for N s/g, 'thought')
    .replace(/ · N s(?= · (?:80 tokens|Esc interrupts))/g, '')
    .replace(/\n+$/, '')}\n`;
}
