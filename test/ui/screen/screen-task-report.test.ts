import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makePlace, serve, startBuilt, typeTask } from '../built.ts';

it('shows under a task of several things what shows of each', async () => {
  const write = { calls: [{ name: 'write', arguments: { path: 'a.txt', content: 'x' } }] };
  const screen = startBuilt(makePlace(), [...(await serve(write, { text: 'It is done.' })), '--approval', 'edits']);
  await typeTask(screen, 'Create a.txt, then update src/sum.js.');
  await screen.shows('2 things asked for, evidence for 1, none found for 1');
  await screen.shows(/Create a\.txt +a\.txt created, step 1/);
  await screen.shows(/\? +update src\/sum\.js +no evidence found; no change seen of src\/sum\.js/);
});

it('/export writes Markdown, a page or data by the ending of the name', async () => {
  const place = makePlace();
  const screen = startBuilt(place, await serve({ text: 'It is done.' }));
  await typeTask(screen, 'look at it');
  await screen.shows('✓ done');
  for (const name of ['a.md', 'a.html', 'a.jsonl']) {
    screen.press(`/export ${name}\r`);
    await screen.shows(`${name}.`);
    await expect.poll(() => existsSync(join(place.cwd, name))).toBe(true);
  }
  expect(readFileSync(join(place.cwd, 'a.html'), 'utf8')).toContain('It is done.');
  expect(readFileSync(join(place.cwd, 'a.md'), 'utf8')).toContain('## User\n\nlook at it');
  screen.press('/export a.html\r');
  await screen.shows('is there already');
});
