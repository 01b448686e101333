import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makePlace, serve, startBuilt as start, typeTask } from '../built.ts';

it('asks again where the script of a command was changed while the question stood', async () => {
  const place = makePlace();
  const script = join(place.cwd, 'clean.sh');
  writeFileSync(script, 'touch seen\n');
  const calls = [{ name: 'shell', arguments: { command: 'sh clean.sh && rm -f old.log' } }];
  const screen = start(place, await serve({ text: 'I clean up.', calls }, { text: 'Done.' }));
  await typeTask(screen, 'clean up');
  await screen.shows('Allow shell?');
  writeFileSync(script, 'touch unseen\n');
  await screen.answers('1');
  await screen.shows('clean.sh changed while you were asked: look again');
  expect(existsSync(join(place.cwd, 'unseen'))).toBe(false);
  await screen.answers('1');
  await screen.shows('✓ done');
  expect(existsSync(join(place.cwd, 'unseen'))).toBe(true);
});
