import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { Rule, ScriptedReply } from '../../src/demo/server/scenario.ts';
import { type ModelServer, startModelServer } from '../../src/demo/server.ts';
import { openScreen, type ScreenOptions, type TestScreen } from './driver.ts';
import { matchesGolden } from './golden.ts';

const launcher = join(import.meta.dirname, '..', '..', 'bin/wink-agent.js');
const open: { screens: TestScreen[]; servers: ModelServer[]; folders: string[] } = {
  screens: [],
  servers: [],
  folders: [],
};

afterEach(async () => {
  for (const screen of open.screens.splice(0)) {
    screen.kill('SIGKILL');
    await screen.exit();
  }
  for (const server of open.servers.splice(0)) await server.close();
  for (const folder of open.folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

type Place = { readonly home: string; readonly cwd: string };

/** A home, and in it the folder `till` with one short program; what the screen calls `~/till`. */
function makePlace(): Place {
  const home = realpathSync(mkdtempSync(join(tmpdir(), 'wink-built-')));
  open.folders.push(home);
  const cwd = join(home, 'till');
  mkdirSync(join(cwd, 'src'), { recursive: true });
  writeFileSync(join(cwd, 'src/sum.js'), 'export function sum(a, b) {\n  return a - b;\n}\n');
  return { home, cwd };
}

function start({ home, cwd }: Place, words: readonly string[], options: Partial<ScreenOptions> = {}): TestScreen {
  const screen = openScreen({
    command: process.execPath,
    args: [launcher, ...words],
    cwd,
    ...options,
    env: {
      HOME: home,
      WINK_HOME: join(home, '.wink'),
      OPENAI_API_KEY: 'test',
      OPENAI_BASE_URL: '',
      WINK_MODEL: '',
      ...options.env,
    },
  });
  open.screens.push(screen);
  return screen;
}

const judge: Rule = {
  when: { kind: 'judge' },
  replies: [{ text: '{"present":false,"confidence":0.9,"firstStep":-1,"evidenceSteps":[],"quote":""}' }],
  after: 'repeat',
};

async function serve(...replies: readonly ScriptedReply[]): Promise<string[]> {
  const server = await startModelServer({
    scenario: { rules: [{ when: { kind: 'agent' }, replies }, judge] },
    contextWindow: 100_000,
  });
  open.servers.push(server);
  return ['--model', 'scripted', '--base-url', server.url];
}

/** Everything printed, without what differs from run to run: times, tokens, ids. */
function golden(screen: TestScreen): string {
  return `${screen
    .all()
    .join('\n')
    .replace(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/g, '⠋')
    .replace(/(?: · )?\d+(?:\.\d)? s\b/g, '')
    .replace(/\d+(?:\.\d)?k?(?= tokens| in context| of )|\d+%(?= of)/g, 'N')
    .replace(/ · \$\d[\d.]*/g, '')
    .replace(/wink ok \(\d+\)/g, 'wink ok')
    .replace(/\(\d+% cached\)/g, '(N% cached)')
    .replace(/N of N(?:\.\d)?k/g, 'N of N')
    .replace(/\d{8}-\d{6}-[0-9a-f]{4}/g, 'SESSION')
    .replace(/ +$/gm, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()}\n`;
}

const look: ScriptedReply = { text: 'I look at it.', calls: [{ name: 'read', arguments: { path: 'src/sum.js' } }] };
const mend: ScriptedReply = {
  text: 'It subtracts; I mend that.',
  calls: [
    { name: 'edit', arguments: { path: 'src/sum.js', edits: [{ oldText: 'return a - b', newText: 'return a + b' }] } },
  ],
};
const same: ScriptedReply = {
  text: 'Again.',
  calls: [{ name: 'shell', arguments: { command: 'node --check src/none.js' } }],
};
const end: ScriptedReply = { text: 'Mended: `sum` adds now.' };
const slow: ScriptedReply = { fillerTokens: 4_000, tokensPerSecond: 50 };

async function typeTask(screen: TestScreen, task: string): Promise<void> {
  await screen.shows('Ask for something');
  screen.press(task);
  await screen.shows(task);
  screen.press('\r');
}

describe('the built program', () => {
  it('offers ways to a model at its first run', async () => {
    const screen = start(makePlace(), [], { env: { OPENAI_API_KEY: '' } });
    await screen.shows('Choose a model');
    await screen.shows('A key of a provider');
    expect(screen.text().replace(/\s+/g, ' ')).toContain('It never makes the agent wait');
    screen.press('q');
    expect(await screen.exit()).toBe(0);
  });

  it('does a whole task: asks with the diff, edits, answers', async () => {
    const screen = start(makePlace(), await serve(look, mend, end));
    await typeTask(screen, 'mend sum');
    await screen.shows('Allow edit?');
    await screen.shows('1-3, arrows and Enter');
    await matchesGolden(() => golden(screen), 'built-approval.txt');
    await screen.answers('1');
    await screen.shows('✓ done');
    await screen.shows('Ask for something');
    await matchesGolden(() => golden(screen), 'built-task.txt');
  });

  it('shows a reminder as a card, and under --shadow what it would have said', async () => {
    const flags = ['--approval', 'full'];
    const words = await serve(same, same, same, same, same, same, end);
    const screen = start(makePlace(), [...words, ...flags]);
    await typeTask(screen, 'check it');
    await screen.printed('the observer said to the model');
    const shadow = start(makePlace(), [
      ...(await serve(same, same, same, same, same, same, end)),
      ...flags,
      '--shadow',
    ]);
    await typeTask(shadow, 'check it');
    await shadow.printed('the observer would have said');
    expect(shadow.all().join('\n')).not.toContain('the observer said to the model');
  });

  it('keeps what the user calls a false alarm, and the report counts it as one', async () => {
    const place = makePlace();
    const screen = start(place, [...(await serve(same, same, same, look, end)), '--approval', 'full']);
    await typeTask(screen, 'check it');
    await screen.printed('the observer said to the model');
    await screen.shows('✓ done');
    screen.press('/wink wrong\r');
    await screen.printed('Noted as a false alarm: infinite-loop, said before step 4.');
    screen.press('/quit\r');
    await screen.exit();
    const report = spawnSync(process.execPath, [launcher, 'report', '--format', 'json'], {
      cwd: place.cwd,
      env: { PATH: process.env.PATH, HOME: place.home, WINK_HOME: join(place.home, '.wink') },
      encoding: 'utf8',
    });
    const { figures } = JSON.parse(report.stdout) as { figures: { key: string; estimate: { value: number | null } }[] };
    const value = (key: string) => figures.find((figure) => figure.key === key)?.estimate.value;
    expect([value('falseAlarms'), value('recovery'), value('misbehaving')]).toEqual([1, null, 0]);
  });

  it('stops on Esc and goes on with nothing by itself; what was queued comes back', async () => {
    const screen = start(makePlace(), await serve(slow, end));
    await typeTask(screen, 'write a lot');
    await screen.shows('writing');
    screen.press('and then this');
    await screen.shows('and then this');
    screen.press('\r');
    await screen.shows('next: and then this');
    screen.press('\u001b');
    await screen.printed('Interrupted.');
    await screen.shows('❯ and then this');
    expect(open.servers[0]?.requests.filter(({ body }) => Array.isArray(body.tools))).toHaveLength(1);
  });

  it.each([
    ['Ctrl+D', '\u0004'],
    ['Ctrl+C twice', '\u0003\u0003'],
    ['/quit', '/quit\r'],
  ])('%s while a command runs ends it and the program', async (_name, keys) => {
    const place = makePlace();
    const mark = join(place.home, 'mark');
    const ticks: ScriptedReply = {
      calls: [
        { name: 'shell', arguments: { command: `for i in $(seq 2000); do echo $i >> ${mark}; sleep 0.05; done` } },
      ],
    };
    const screen = start(place, [...(await serve(ticks, end)), '--approval', 'full']);
    await typeTask(screen, 'tick');
    await expect.poll(() => existsSync(mark), { timeout: 30_000 }).toBe(true);
    screen.press(keys);
    expect(await screen.exit()).toBe(0);
    const marks = readFileSync(mark, 'utf8');
    await setTimeout(500);
    expect(readFileSync(mark, 'utf8')).toBe(marks);
  });

  it('gives queued words to the model at its next step', async () => {
    const wait: ScriptedReply = { ...look, fillerTokens: 60, tokensPerSecond: 30 };
    const screen = start(makePlace(), await serve(wait, end));
    await typeTask(screen, 'look at sum');
    await screen.shows('writing');
    screen.press('and be brief\r');
    await screen.shows('next: and be brief');
    await screen.shows('✓ done');
    expect(JSON.stringify(open.servers[0]?.requests.at(-1)?.body.messages)).toContain('and be brief');
    expect(screen.all().filter((row) => row.includes('❯ and be brief'))).toHaveLength(1);
  });

  it('resumes a session with its words, diff and answer, and waits for the user', async () => {
    const place = makePlace();
    const words = await serve(look, mend, end);
    const first = start(place, [...words, '--approval', 'edits']);
    await typeTask(first, 'mend sum');
    await first.shows('✓ done');
    first.press('/quit\r');
    await first.exit();
    const screen = start(place, ['--continue', ...words]);
    await screen.shows('Ask for something');
    await screen.printed('sum adds now');
    expect(screen.text()).not.toContain('waiting for the model');
    await matchesGolden(() => golden(screen), 'built-resume.txt');
  });

  it('takes changes back by /undo, does them again by /redo, and goes back to before a message', async () => {
    const screen = start(makePlace(), [...(await serve(mend, end)), '--approval', 'edits']);
    await typeTask(screen, 'mend sum');
    await screen.shows('✓ done');
    screen.press('/undo\r');
    await screen.printed('1 file put back.');
    screen.press('/redo\r');
    await screen.printed('1 file changed again.');
    screen.press('/rewind\r');
    await screen.shows('Go back to before a message');
    screen.press('\r');
    await screen.shows('What shall go back?');
    screen.press('1');
    await screen.shows('❯ mend sum');
    await screen.printed(/1 file put back\.[\s\S]*1 file put back\./);
  });

  it('fits 60 columns, and shows no colour under NO_COLOR', async () => {
    const screen = start(makePlace(), [...(await serve(look, mend, end)), '--approval', 'edits'], {
      columns: 60,
      env: { NO_COLOR: '1' },
    });
    await typeTask(screen, 'mend sum');
    await screen.shows('✓ done');
    await screen.shows('Ask for something');
    expect(screen.hasColour()).toBe(false);
    await matchesGolden(() => golden(screen), 'built-narrow.txt');
  });
});
