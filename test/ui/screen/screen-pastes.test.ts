import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makePlace, open, serve, startBuilt as start } from '../built.ts';

const words = () => JSON.stringify(open.servers[0]?.requests.map(({ body }) => body.messages));

it('a paste that the terminal does not mark waits for Enter: none of its lines is sent or run', async () => {
  const place = makePlace();
  const screen = start(place, await serve({ text: 'A log, I see.' }));
  await screen.shows('Ask for something');
  screen.press('please look at this log\r!touch pasted\r\tat once\r');
  await screen.shows(/❯ please look at this log\s*\n\s+!touch pasted\s*\n\s+at once/);
  expect(open.servers[0]?.requests).toEqual([]);
  await screen.shows('read as a paste: Enter sends it');
  screen.press('\u0005\r');
  await screen.shows('A log, I see.');
  expect(words()).toContain('please look at this log\\n!touch pasted\\n\\tat once');
  expect(existsSync(join(place.cwd, 'pasted'))).toBe(false);
});

it('one of many lines comes in several pieces, and is one paste all the same, in tmux, too, and with line feeds', async () => {
  const env = { TMUX: '/tmp/tmux-1/default,1,0' };
  const screen = start(makePlace(), await serve({ text: 'A long log, I see.' }), { env });
  await screen.shows('Ask for something');
  const lines = Array.from({ length: 400 }, (_, index) => `line ${index} of a log that is long`);
  screen.press(`${lines.join('\n')}\n`);
  await screen.shows(/\[.*400 lines.*\]|\[.*401 lines.*\]/);
  expect(open.servers[0]?.requests).toEqual([]);
  screen.press('\r');
  await screen.shows('A long log, I see.');
  expect(words()).toContain(lines.join('\\n'));
});

it.each([
  ['says that it marks pastes', '\u001b[?2004;2$y'],
  ['has marked one', '\u001b[200~pasted \u001b[201~'],
])('keys that were typed while the program was busy are no paste where the terminal %s', async (_, answer) => {
  const screen = start(makePlace(), await serve({ text: 'Both read.' }));
  await screen.shows('Ask for something');
  expect(screen.raw()).toContain('\u001b[?2004$p');
  screen.press(`${answer}first words\rsecond words\r`);
  await screen.printed('Both read.');
  expect(screen.all().join('\n')).toMatch(/❯ (pasted )?first words\s*\n[\s\S]+❯ second words\s*\n/);
});

it('a terminal that does not know the mode marks nothing', async () => {
  const screen = start(makePlace(), await serve());
  await screen.shows('Ask for something');
  screen.press('\u001b[?2004;0$yfirst words\rsecond words\r');
  await screen.shows(/❯ first words\s*\n\s+second words/);
  expect(open.servers[0]?.requests).toEqual([]);
});
