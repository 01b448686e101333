import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScenarioRule, ScriptedReply } from '../../src/demo/server/scenario.ts';
import { type ModelServer, startModelServer } from '../../src/demo/server.ts';
import { compiledCode } from '../compiled-code.ts';
import { afterEveryTest } from '../leftovers.ts';
import { removeFolder } from '../remove-folder.ts';
import { openScreen, type ScreenOptions, type TestScreen } from './driver.ts';

export const launcher = join(import.meta.dirname, '..', '..', 'bin/wink-agent.js');
/** What a test has opened; ended after it. */
export const open: { screens: TestScreen[]; servers: ModelServer[]; folders: string[] } = {
  screens: [],
  servers: [],
  folders: [],
};

afterEveryTest(async () => {
  for (const screen of open.screens.splice(0)) {
    screen.kill('SIGKILL');
    await screen.exit();
  }
  for (const server of open.servers.splice(0)) await server.close();
  for (const folder of open.folders.splice(0)) await removeFolder(folder);
});

export type Place = { readonly home: string; readonly cwd: string };

/** A home, and in it the folder `till` with one short program; what the screen calls `~/till`. */
export function makePlace(): Place {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'wink-built-')));
  open.folders.push(home);
  const cwd = join(home, 'till');
  mkdirSync(join(cwd, 'src'), { recursive: true });
  writeFileSync(join(cwd, 'src/sum.js'), 'export function sum(a, b) {\n  return a - b;\n}\n');
  // These runs check nothing, and what the observer says of that is not what they are about.
  mkdirSync(join(home, '.wink'));
  const observer = { classes: { 'unverified-finish': { enabled: false } } };
  writeFileSync(join(home, '.wink/config.json'), JSON.stringify({ observer }));
  return { home, cwd };
}

/** The built program in a terminal. */
export function startBuilt(
  { home, cwd }: Place,
  words: readonly string[],
  options: Partial<ScreenOptions> = {},
): TestScreen {
  const screen = openScreen({
    command: process.execPath,
    args: [launcher, ...words],
    cwd,
    ...options,
    env: {
      HOME: home,
      WINK_HOME: join(home, '.wink'),
      ...compiledCode,
      OPENAI_API_KEY: 'test',
      OPENAI_BASE_URL: '',
      WINK_MODEL: '',
      ...options.env,
    },
  });
  open.screens.push(screen);
  return screen;
}

const judge: ScenarioRule = {
  when: { kind: 'judge' },
  replies: [{ text: '{"present":false,"confidence":0.9,"firstStep":-1,"evidenceSteps":[],"quote":""}' }],
  after: 'repeat',
};

/** A scripted model behind HTTP; the flags that lead to it. */
export function serve(...replies: readonly ScriptedReply[]): Promise<string[]> {
  return serveRules({ when: { kind: 'agent' }, replies });
}

/** The same by rules of its own, before that of the judge. */
export async function serveRules(...rules: readonly ScenarioRule[]): Promise<string[]> {
  const server = await startModelServer({
    scenario: { rules: [...rules, judge] },
    contextWindow: 100_000,
  });
  open.servers.push(server);
  return ['--model', 'scripted', '--base-url', server.url];
}

/** Types a task and sends it. */
export async function typeTask(screen: TestScreen, task: string): Promise<void> {
  await screen.shows('Ask for something');
  screen.press(task);
  await screen.shows(task);
  screen.press('\r');
}
