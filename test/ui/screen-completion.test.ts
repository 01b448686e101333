import { it } from 'vitest';
import { makePlace, serve, startBuilt, typeTask } from './built.ts';

it('shows under a task of several things what shows of each', async () => {
  const write = { calls: [{ name: 'write', arguments: { path: 'a.txt', content: 'x' } }] };
  const screen = startBuilt(makePlace(), [...(await serve(write, { text: 'It is done.' })), '--approval', 'edits']);
  await typeTask(screen, 'Create a.txt, then update src/sum.js.');
  await screen.shows('2 things asked for, evidence for 1, none found for 1');
  await screen.shows(/Create a\.txt +a\.txt created, step 0/);
  await screen.shows(/\? +update src\/sum\.js +no evidence found; no change seen of src\/sum\.js/);
});
