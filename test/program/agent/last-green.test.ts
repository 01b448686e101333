import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { done, runTask, shell, write } from '../task.ts';

test('the state in which the tests were green is kept before it is changed again', async () => {
  const test = shell("sh -c 'echo 3 passed in 0.1s' # npm test");
  const end = await runTask({
    replies: [write('b.txt', 'works\n'), test, write('b.txt', 'works no more\n'), write('b.txt', 'nor now\n'), done],
    flags: ['--approval', 'full'],
    config: { sandbox: { mode: 'off' } },
  });
  expect(end.code).toBe(0);
  const folder = join(end.home, '.wink/checkpoints/sessions');
  const [file = ''] = readdirSync(folder);
  const records = readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  expect(records.map(({ kind }) => kind)).toEqual(['before', 'green', 'after']);
  expect(records[1].label).toContain('checks green');
});
