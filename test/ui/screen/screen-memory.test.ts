import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makePlace, serve, startBuilt, typeTask } from '../built.ts';

const end = { text: 'It is done.' };

it('keeps a correction in AGENTS.md: offered once, shown as a diff, written after the yes, watched, and taken out again', async () => {
  const place = makePlace();
  const file = join(place.cwd, 'AGENTS.md');
  writeFileSync(file, '# Till\n');
  const screen = startBuilt(place, await serve(end, end, end, end));
  await typeTask(screen, 'look at it');
  await screen.shows('It is done.');
  await typeTask(screen, 'Use pnpm, not npm.');
  await screen.shows('Keep this for the project? “Use pnpm, not npm.”');
  expect(readFileSync(file, 'utf8')).toBe('# Till\n');
  screen.press('/learn\r');
  await screen.shows('Keep this?');
  await screen.shows('+ - Use pnpm, not npm.');
  await screen.answers('n');
  await screen.shows('Nothing was written.');
  expect(readFileSync(file, 'utf8')).toBe('# Till\n');

  screen.press('/learn never push to main\r');
  await screen.shows('Keep this?');
  await screen.answers('y');
  await screen.shows('Kept in AGENTS.md');
  expect(readFileSync(file, 'utf8')).toBe('# Till\n\n## Lessons\n\n- Never push to main.\n');
  screen.press('/wink\r');
  await screen.shows('Never push to main');
  screen.press('q');

  await screen.shows('Ask for something');
  screen.press('/learn remove\r');
  await screen.shows('Take out which?');
  screen.press('\r');
  await screen.shows('Take this out of AGENTS.md?');
  await screen.answers('y');
  await screen.shows('Taken out of AGENTS.md');
  expect(readFileSync(file, 'utf8')).toBe('# Till\n');
  screen.press('/learn prefer tabs\r');
  await screen.shows('Keep this?');
  await screen.answers('m');
  await expect.poll(() => existsSync(join(place.home, '.wink/AGENTS.md'))).toBe(true);
  expect(readFileSync(join(place.home, '.wink/AGENTS.md'), 'utf8')).toBe('## Lessons\n\n- Prefer tabs.\n');
});
