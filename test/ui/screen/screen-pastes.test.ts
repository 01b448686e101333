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
  screen.press('\u0005\r');
  await screen.shows('A log, I see.');
  expect(words()).toContain('please look at this log\\n!touch pasted\\n\\tat once');
  expect(existsSync(join(place.cwd, 'pasted'))).toBe(false);
});

it('one of many lines comes in several pieces, and is one paste all the same', async () => {
  const screen = start(makePlace(), await serve({ text: 'A long log, I see.' }));
  await screen.shows('Ask for something');
  const lines = Array.from({ length: 400 }, (_, index) => `line ${index} of a log that is long`);
  screen.press(`${lines.join('\r')}\r`);
  await screen.shows(/\[.*400 lines.*\]|\[.*401 lines.*\]/);
  expect(open.servers[0]?.requests).toEqual([]);
  screen.press('\r');
  await screen.shows('A long log, I see.');
  expect(words()).toContain(lines.join('\\n'));
});
