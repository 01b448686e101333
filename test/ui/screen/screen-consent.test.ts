import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { enterPauseMs, freshMs } from '../../../src/ui/input/consent.ts';
import { screensForTests } from '../start.ts';

const start = screensForTests();
async function type(screen: ReturnType<typeof start>, words: string, msEach: number): Promise<void> {
  for (const letter of words) {
    screen.press(letter);
    await wait(msEach);
  }
}

describe('a question and someone who types', () => {
  it('waits in sight while words are written, which stay in the composer', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('task\r\u001b[F');
    await type(screen, 'hey please wait', 60);
    await screen.shows('Allow edit?');
    await screen.shows('waits while you type');
    await screen.shows('❯ hey please wait');
    await wait(1_000);
    expect(screen.text()).toContain('waits while you type');
    screen.press('\t');
    await screen.shows('1-3 (no Enter while there are words below)');
    screen.press('!');
    await screen.shows('waits while you type');
    screen.press('\r');
    await screen.shows('next: hey please wait!');
    await screen.shows('1-3, arrows and Enter');
    await screen.answers('y');
    await screen.shows('✓ done');
  });

  it('keeps a word that begins like an answer for the composer', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('task\r');
    await screen.shows('1-3, arrows and Enter');
    await wait(600);
    await type(screen, 'yes but read it first', 40);
    await screen.shows('❯ yes but read it first');
    expect(screen.text()).toContain('Allow edit?');
  });

  it('takes the first of words for no answer when the program stood still while they were typed', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('task\r');
    await screen.shows('arrows and Enter');
    await wait(freshMs + 100);
    screen.press('1');
    await wait(100);
    screen.kill('SIGSTOP');
    await type(screen, ' or two', 120);
    screen.kill('SIGCONT');
    await screen.shows('❯ 1 or two');
    expect(screen.text()).toContain('Allow edit?');
  });

  it('takes Enter that is held down for one answer', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('several\r');
    await screen.shows('first.ts');
    await wait(enterPauseMs);
    await screen.answers('\r');
    await screen.shows('second.ts');
    // As long as X11 waits until it repeats a key.
    await wait(600);
    for (let repeats = 0; repeats < 5; repeats += 1) {
      screen.press('\r');
      await wait(30);
    }
    await screen.shows('that key came too soon to be an answer');
    expect(screen.text()).toContain('second.ts');
    await screen.answers('y');
    // The same key again while nothing is asked.
    screen.press('y');
    await screen.shows(/third\.ts[\s\S]*that key came too soon/);
    expect(screen.text()).not.toContain('❯ y');
    await screen.answers('y');
    await screen.shows('✓ done');
  });

  it('takes neither Tab nor Shift+Tab for a yes', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('task\r');
    await screen.answers('\u001b[Z');
    await screen.shows('· edits ·');
    screen.press('\t');
    await wait(700);
    expect(screen.text()).toContain('Allow edit?');
  });

  it('grants no rule by an Enter right behind the Tab that shows it, and says so', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('task\r');
    await screen.answers('\u001b[B', '▸ 2. Yes');
    screen.press('\t');
    await screen.shows('Rule: edit(src/**)');
    screen.press('\u001b');
    await screen.shows('Tab edits the rule');
    screen.press('\t\r');
    await screen.shows(/Rule: edit\(src\/\*\*\)\n[^\n]*that key came too soon/);
    await wait(enterPauseMs + 100);
    screen.press('\r');
    await screen.printed('edit src/sum.ts (edit(src/**))');
  });

  it('says under the field what is wrong with a rule, and takes it when it is right', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('task\r');
    await screen.answers('\u001b[B', '▸ 2. Yes');
    screen.press('\t');
    await screen.shows('Rule: edit(src/**)');
    screen.press('\u0015nonsense\r');
    await screen.shows('is not a rule');
    screen.press('\r');
    await screen.shows('Allow edit?');
    screen.press('\u0015edit(src/sum.ts)\r');
    await screen.printed('edit src/sum.ts (edit(src/sum.ts))');
  });

  it('stops at Esc and asks what to do instead; what was written for it is in the composer, and there again after an end', async () => {
    const home = mkdtempSync(join(tmpdir(), 'wink-words-'));
    onTestFinished(() => rmSync(home, { recursive: true, force: true }));
    const screen = start({ home });
    await screen.shows('Ask for something');
    screen.press('task\r');
    await screen.answers('3');
    await screen.shows('Tell it:');
    screen.press('why that?');
    await screen.shows('Tell it: why that?');
    screen.press('\u001b');
    await screen.hides('Tell it:');
    screen.press('\u001b');
    await screen.shows('Interrupted. What should it do instead?');
    await screen.shows('❯ why that?');
    screen.kill('SIGTERM');
    await screen.exit();
    await start({ home }).shows('❯ why that?');
  });

  it('shows a rule whole at 50 columns', async () => {
    const screen = start({ columns: 50 });
    await screen.shows('Ask for something');
    screen.press('longrule\r');
    await screen.shows('1-3, arrows and Enter');
    expect(screen.text().replace(/\s+/g, '')).toContain(
      'edit(packages/server/source/components/approval/**)'.replace(/\s+/g, ''),
    );
  });

  it('shows everything that is asked for on a page that searches', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('bigedit\r');
    await screen.shows('Ctrl+O shows all');
    await expect
      .poll(() => /Yes, this once \((\d+) lines not shown\)/.exec(screen.text())?.[1])
      .toBe(/… (\d+) more lines/.exec(screen.text())?.[1]);
    await screen.answers('\u000f');
    await screen.shows('You cannot answer on this page');
    screen.press('/line 170\r');
    await screen.shows('const line170 = 170');
    screen.press('/nowhere\r');
    await screen.shows('“nowhere” was not found on this page');
    screen.press('/line 17\r');
    const found = () => /▸ .*line 17(\d?)/.exec(screen.text())?.[1];
    await expect.poll(found).toBe('0');
    screen.press('n');
    await expect.poll(found).toBe('1');
    screen.press('N');
    await expect.poll(found).toBe('0');
    screen.press('q');
    await screen.shows('Allow edit?');
    // What can't be shown next to the answers must all have been seen on the page: its end alone is not enough.
    await screen.resize(60, 6);
    await screen.shows('No room for a yes');
    await wait(freshMs + 100);
    screen.press('y');
    await screen.shows('You cannot answer on this page');
    screen.press('Gq');
    await screen.shows('No room for a yes');
    await screen.resize(60, 20);
    await screen.shows('1, 3, arrows and Enter');
  });

  it('takes no yes where no row of what is asked stands beside the answers, even after its page was read', async () => {
    const screen = start({ columns: 40, rows: 9 });
    await screen.shows('Ask for something');
    screen.press('task\r');
    await screen.shows('No room for a yes: Ctrl+O');
    await wait(freshMs + 100);
    screen.press('\u000f');
    await screen.shows('You cannot answer');
    const marked = () => /▸ (.*)/.exec(screen.text())?.[1];
    for (let last = marked(); !/}$/.test(last ?? ''); last = marked()) {
      screen.press('\u001b[6~');
      await expect.poll(marked).not.toBe(last);
    }
    screen.press('q');
    await screen.shows('No room for a yes: make');
    expect(screen.text()).not.toContain('1. Yes');
    await screen.resize(100, 30);
    await screen.answers('y');
    await screen.shows('✓ done');
  });
});

it.each(['script', 'message'])('allows nothing of a %s of which a line was not seen', async (play) => {
  const screen = start({ rows: 24 });
  await screen.shows('Ask for something');
  screen.press(`${play}\r`);
  await screen.shows('Ctrl+O shows all, before a yes');
  await screen.answers('1');
  await screen.shows('You cannot answer on this page');
  const marked = () => /▸ (.*)/.exec(screen.text())?.[1];
  for (let last = marked(); ; last = marked()) {
    screen.press('\u001b[6~');
    if (/file39|^}/.test(last ?? '')) break;
    await expect.poll(marked).not.toBe(last);
  }
  screen.press('q');
  await screen.shows('Ctrl+O shows all');
  await screen.answers('1');
  await screen.shows('✓ done');
});

describe('leaving', () => {
  it('works from a question, a picker and a page too', async () => {
    for (const [open, sight] of [
      ['task\r', 'Allow edit?'],
      ['/resume\r', 'Resume a session'],
      ['/wink\r', 'What the observer saw'],
    ] as const) {
      const screen = start();
      await screen.shows('Ask for something');
      screen.press(open);
      await screen.shows(sight);
      screen.press('\u0004');
      expect(await screen.exit()).toBe(0);
    }
  });
});

describe('nothing typed is lost', () => {
  const rows = Array.from({ length: 30 }, (_, index) => `row ${index + 1}`).join('\n');

  it('recalls a paste with its content, and gives it to a command and to a shell', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press(`\u001b[200~${rows}\u001b[201~`);
    await screen.shows('[Pasted text #1, 30 lines]');
    screen.press('\r');
    await screen.shows('✓ done');
    screen.press('\u001b[A');
    await expect.poll(() => screen.rows().filter((row) => row === '❯ [Pasted text #1, 30 lines]')).toHaveLength(2);
    screen.press('\u0001echoes \r');
    await screen.printed(/row\s+30/);
  });

  it('changes a queued message in place: it is sent once', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    // Takes no queued words meanwhile.
    screen.press('waiting\r');
    await screen.shows('Esc interrupts');
    screen.press('hold on\r');
    await screen.shows('next: hold on');
    screen.press('\u001b[A');
    await screen.shows('❯ hold on');
    screen.press('\u0003');
    await screen.shows('Ctrl+C again interrupts');
    screen.press('\u001b[A');
    await screen.shows('❯ hold on');
  });

  it('gives a draft back once the message that was recalled over it is sent or cleared', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('hello\r');
    await screen.shows('✓ done');
    screen.press('half a thought');
    await screen.shows('❯ half a thought');
    screen.press('\u001b[A');
    await screen.hides('half a thought');
    screen.press(' there\r');
    await screen.shows('❯ half a thought');
    await screen.printed('❯ hello there');
    screen.press('\u001b[A');
    await screen.hides('half a thought');
    screen.press('\u0003');
    await screen.shows('❯ half a thought');
    // What is edited in an entry comes back before the draft below it.
    screen.press('\u001b[A');
    await screen.hides('half a thought');
    screen.press(', again\u001b[A');
    await screen.hides(', again');
    screen.press('\u001b[B');
    await screen.shows(', again');
    screen.press('\u0015\u001b[B');
    await screen.shows('❯ half a thought');
  });

  it('recalls before it takes the key behind Up, read in one piece with it', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('hello\r');
    await screen.shows('✓ done');
    screen.press('\u001b[A there\u001b[A\u001b[B\u0015again');
    await screen.shows(/^❯ again$/m);
    screen.press('\u0015\u001b[A\r');
    await screen.printed(/❯ hello\n[\s\S]*❯ hello\n[\s\S]*✓ done/);
  });

  it('takes a queued message back over a draft, and sends it once', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('waiting\r');
    await screen.shows('Esc interrupts');
    screen.press('hold on\r\u001b[Fhalf a thought');
    await screen.shows(/next: hold on$[\s\S]*❯ half a thought/m);
    screen.press('\u001b[A');
    await screen.shows('❯ hold on');
    screen.press('!\r');
    await screen.shows(/next: hold on!$[\s\S]*❯ half a thought/m);
    expect(screen.text()).not.toMatch(/hold on$/m);
  });

  it('sends a message that begins with a path, and keeps what names no command', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('/tmp is full, why?\r');
    await screen.shows('✓ done');
    screen.press('/nosuchcommand now\r');
    await screen.shows('There is no command /nosuchcommand');
    await screen.shows('❯ /nosuchcommand now');
    screen.press('\u0015/login\r');
    await screen.printed('There is no command /login; leave and run `wink-agent login PROVIDER`');
    screen.press('\u0015/mcp\r');
    await screen.printed('There is no command /mcp; no MCP server is configured here: `wink-agent mcp add` adds one.');
    for (const [typed, hint] of [
      ['agents', 'agents of your own are Markdown files'],
      ['bug', '/export writes the conversation to a file'],
      ['feedback', '/export writes the conversation to a file'],
      ['terminal-setup', 'nothing is to be set up'],
      ['statusline', 'a line of your own is set in'],
    ]) {
      screen.press(`\u0015/${typed}\r`);
      await screen.printed(`There is no command /${typed}; ${hint}`);
    }
  });

  it('says what comes in the place of keys that do something in other agents', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('\u0016');
    await screen.shows('An image comes as a file');
    screen.press('waiting\r');
    await screen.shows('Esc interrupts');
    screen.press('\u0002');
    await screen.shows('/jobs lists what runs in the background');
    screen.press('b\u0002a');
    await screen.shows('❯ ab');
  });
});
