import { describe, it } from 'vitest';
import { matchesGolden } from '../golden.ts';
import { golden, screensForTests } from '../start.ts';

const start = screensForTests();

describe('the screen, row by row', () => {
  it('while a question waits, while a rule is written, and after Esc', async () => {
    const screen = start({ columns: 80, rows: 34 });
    const looksLike = (name: string) => matchesGolden(() => golden(screen.rows()), name);
    await screen.shows('Ask for something');
    screen.press('task\r');
    screen.press('hey, wait');
    await screen.shows('waits while you type');
    await screen.shows('❯ hey, wait');
    await looksLike('question-waits.txt');
    screen.press('\u0015');
    await screen.answers('\u001b[B', '▸ 2. Yes');
    screen.press('\t');
    await screen.shows('Rule: edit(src/**)');
    screen.press('\u0015nonsense');
    await screen.shows('is not a rule');
    await looksLike('question-rule.txt');
    screen.press('\u001b');
    await screen.shows('Tab edits the rule');
    screen.press('\u001b');
    await screen.shows('What should it do instead?');
    await screen.shows('Ask for something');
    await looksLike('interrupted.txt');
  });

  it('with a large change in a small terminal, and all of it on its page', async () => {
    const screen = start({ columns: 50, rows: 20 });
    await screen.shows('Ask for something');
    screen.press('bigedit\r');
    await screen.shows('Ctrl+O shows all');
    await screen.shows('arrows and Enter');
    await matchesGolden(() => golden(screen.rows()), 'approval-small.txt');
    await screen.answers('\u000f');
    await screen.shows('You cannot answer on this page');
    screen.press('/line 170\r');
    await screen.shows('const line170 = 170');
    await matchesGolden(() => golden(screen.rows()), 'approval-page.txt');
  });

  it('with the lists of rules, jobs and sessions, the menu of commands, and the transcript', async () => {
    const screen = start({ columns: 80, rows: 24 });
    const looksLike = (name: string) => matchesGolden(() => golden(screen.rows()), name);
    await screen.shows('Ask for something');
    screen.press('jobs\r');
    await screen.shows('✓ done');
    for (const [command, title, file] of [
      ['/rules', 'Permission rules', 'rules.txt'],
      ['/jobs', '1 background command', 'jobs.txt'],
      ['/resume', 'Resume a session', 'resume.txt'],
    ] as const) {
      screen.press(`${command}\r`);
      await screen.shows(title);
      await looksLike(file);
      screen.press('no such thing\r');
      await screen.shows('no such thing');
      await screen.shows('0 of');
      screen.press('\u001b');
      await screen.shows('Ask for something');
    }
    screen.press('/re');
    await screen.shows('/rewind');
    await looksLike('menu.txt');
    screen.press('\u001b');
    await screen.hides('/rewind');
    screen.press('\u0015\u000f');
    await screen.shows('Transcript');
    screen.press('/npm run\r');
    await screen.shows('▸ ● shell npm run dev');
    await looksLike('transcript.txt');
  });

  it('with the pinned plan, and with a plan that may start', async () => {
    const screen = start({ columns: 80, rows: 30, info: { approval: 'plan' } });
    await screen.shows('Ask for something');
    screen.press('listed\r');
    await screen.shows('to do: 1 of 3 done');
    await matchesGolden(() => golden(screen.rows()), 'plan-pinned.txt');
    screen.press('\u001b');
    await screen.shows('Interrupted.');
    screen.press('planned\r');
    await screen.shows('Start now?');
    await screen.shows('arrows and Enter');
    // How far the rows above have scrolled depends on how much of the plan came at once.
    const rows = () => screen.rows().slice(screen.rows().indexOf('❯ planned'));
    await matchesGolden(() => golden(rows()), 'plan-start.txt');
  });
});
