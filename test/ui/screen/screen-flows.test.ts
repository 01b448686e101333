import { describe, expect, it } from 'vitest';
import { matchesGolden } from '../golden.ts';
import { golden, screensForTests } from '../start.ts';

const start = screensForTests();

describe('a whole task', () => {
  it('asks before the edit with its diff, and prints answer, diff and test output', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('task please\r');
    await screen.shows('Allow edit?');
    await screen.shows('read src/sum.ts');
    await screen.shows('1-3, arrows and Enter');
    await matchesGolden(() => golden(screen.rows()), 'approval.txt');
    await screen.answers('y');
    await screen.shows('✓ done');
    await screen.shows('Ask for something');
    await matchesGolden(() => golden(screen.all()), 'task.txt');
  });

  it('lets the user edit the rule that holds for the session', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('task\r');
    await screen.shows('Allow edit?');
    await screen.answers('\t');
    await screen.shows('Rule: edit(src/**)');
    screen.press('\u0015edit(src/sum.ts)\r');
    await screen.printed('edit src/sum.ts (edit(src/sum.ts))');
  });

  it('denies with a word to the model', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('task\r');
    await screen.shows('Allow edit?');
    await screen.answers('3');
    await screen.shows('Tell it:');
    screen.press('use subtraction');
    await screen.shows('Tell it: use subtraction');
    screen.press('\u001b');
    await screen.hides('Tell it:');
    screen.press('\u001b[B\r');
    await screen.shows('Tell it: use subtraction');
    screen.press('\u0001\u0004\u0004\u0004\r');
    await screen.printed('The user said no: subtraction');
  });
});

describe('the observer on the screen', () => {
  it('shows a reminder as a card with class, steps and words, and the recovery', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('loop\r');
    await screen.shows('✓ done');
    await screen.shows('Ask for something');
    await matchesGolden(() => golden(screen.all()), 'reminder.txt');
  });

  it('marks a shadow card as what would have been said', async () => {
    const screen = start({ info: { mode: 'shadow' } });
    await screen.shows('wink shadow');
    screen.press('shadow\r');
    await screen.shows('the observer would have said');
  });

  it('opens the timeline with cells, signals, what was held back, detectors and the ledger, and gives the screen back', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('loop\r');
    await screen.shows('✓ done');
    screen.press('/wink\r');
    await screen.shows('What the observer saw');
    await matchesGolden(() => golden(screen.rows()), 'timeline.txt');
    screen.press('q');
    await screen.shows('✓ done');
    await screen.shows('Ask for something');
  });

  it('asks the user with the evidence and four answers when the ladder ends', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('ladder\r');
    await screen.shows('1-4, arrows and Enter');
    await matchesGolden(() => golden(screen.rows()), 'ladder.txt');
    await screen.answers('1');
    await screen.shows('Tell it:');
    screen.press('read the log\r');
    await screen.shows('You decided: words read the log');
  });
});

describe('while the agent works', () => {
  it('queues what is sent and shows it once a step takes it', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('slow\r');
    await screen.shows('sleep 0');
    screen.press('finish\r');
    await screen.shows('Finished as you asked.');
    await screen.shows('✓ done');
    expect(screen.all().filter((row) => row === '❯ finish')).toHaveLength(1);
  });

  it('interrupts with Esc and starts nothing by itself; what was queued comes back to the composer', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('waiting\r');
    await screen.shows('Esc interrupts');
    screen.press('and then this\r');
    await screen.shows('next: and then this');
    screen.press('\u001b');
    await screen.shows('Interrupted.');
    await screen.shows('❯ and then this');
    expect(screen.text()).not.toContain('next:');
  });

  it('clears nothing that an interruption gave back when Esc is pressed twice in haste', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('waiting\r');
    await screen.shows('Esc interrupts');
    screen.press('and then this\r');
    await screen.shows('next: and then this');
    screen.press('\u001b');
    await screen.shows('Interrupted.');
    screen.press('\u001b');
    await screen.shows('Esc again clears the text');
    await screen.shows('❯ and then this');
  });

  it('interrupts on the second Ctrl+C where the first took a draft away, and leaves on the third', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('waiting\r');
    await screen.shows('Esc interrupts');
    screen.press('a draft');
    await screen.shows('❯ a draft');
    screen.press('\u0003');
    await screen.shows('Ctrl+C again interrupts');
    screen.press('\u0003');
    await screen.shows('Interrupted.');
    screen.press('\u0003\u0003');
    expect(await screen.exit()).toBe(0);
  });

  it('keeps a command that can only be run when the agent rests, and says so below it', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('waiting\r');
    await screen.shows('Esc interrupts');
    screen.press('/clear\r');
    await screen.shows(/❯ \/clear[\s\S]*The agent is working; interrupt it first/);
  });

  it.each([
    ['Ctrl+C', '\u0003', 'Ctrl+C again leaves'],
    ['Esc', '\u001b', 'Esc again'],
  ])('a paste between two presses of %s makes them two, and takes the hint away', async (_, key, hint) => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('first');
    await screen.shows('❯ first');
    screen.press(key);
    await screen.shows(hint);
    screen.press('\u001b[200~, second\u001b[201~');
    await screen.shows(', second');
    await screen.hides(hint);
    screen.press(key);
    await screen.shows(hint);
    screen.press('third');
    await screen.shows('third');
  });

  it('leaves on Ctrl+C twice and gives the terminal back', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('\u0003');
    await screen.shows('Ctrl+C again leaves');
    // Another key between the two makes them two.
    screen.press('x');
    await screen.shows('❯ x');
    screen.press('\u0003');
    await screen.shows('Ask for something');
    screen.press('\u0003');
    expect(await screen.exit()).toBe(0);
    for (const off of ['\u001b[?2004l', '\u001b[?1004l', '\u001b[<u', '\u001b[?25h'])
      expect(screen.raw().endsWith(off) || screen.raw().includes(off)).toBe(true);
  });
});
