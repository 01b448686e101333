import { expect, it } from 'vitest';
import { makePlace, serve, startBuilt as start } from '../built.ts';

const question = {
  question:
    'Which database should the new service use for its event log, given that the old one is kept running for a year?',
  options: [
    { label: 'PostgreSQL', description: 'the same server as today' },
    { label: 'SQLite', description: 'one file, no server' },
    { label: 'MySQL', description: 'as the web shop has' },
    { label: 'None', description: 'keep files' },
  ],
};

it.each([
  [40, 10, 'A question waits'],
  [30, 8, 'The agent asks (you'],
])(
  'a window of %s x %s shows what the agent asks and the marked answer; Ctrl+O shows the rest',
  async (columns, rows, page) => {
    const asks = { calls: [{ name: 'ask_user', arguments: { questions: [question] } }] };
    const screen = start(makePlace(), await serve(asks, { text: 'I see.' }), { columns, rows });
    await screen.shows('❯ Ask for');
    screen.press('choose\r');
    await screen.shows('The agent asks');
    await screen.shows('▸ 1. PostgreSQL');
    await screen.shows(/Which database should/);
    await screen.shows('arrows: more answers');
    // The first keys come too soon to be answers.
    const pressOnce = () => screen.text().includes('▸ 1.') && screen.press('\u001b[B');
    await expect
      .poll(() => pressOnce() || screen.text(), { interval: 1_500, timeout: 30_000 })
      .toContain('▸ 2. SQLite');
    for (const answer of ['3. MySQL', '4. None', '5. Something else', '6. Decide yourself']) {
      screen.press('\u001b[B');
      await screen.shows(`▸ ${answer}`);
      expect(screen.text()).toContain('Which database should');
    }
    screen.press('\u000f');
    // The page of the question where it has no room, else the transcript, which may hold what it is about.
    await screen.shows(page);
  },
);

it('a hint is read whole in a narrow window', async () => {
  const screen = start(makePlace(), await serve(), { columns: 40, rows: 12 });
  await screen.shows('❯ Ask for');
  screen.press('\u001b[Z');
  await expect.poll(() => screen.text().replace(/\s+/g, ' ')).toContain('asks before everything else.');
});
