import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isObject } from '../../src/core/text/json.ts';
import { jsonLines, makeFolder, run, serve } from './program.ts';

const shell = (command: string) => ({ calls: [{ name: 'shell', arguments: { command } }] });

async function work(...commands: readonly string[]) {
  const [cwd, home] = [makeFolder(), makeFolder()];
  writeFileSync(join(cwd, 'package.json'), '{ "scripts": { "test": "echo Tests 3 passed" } }');
  const server = await serve({
    rules: [
      { when: { kind: 'judge' }, replies: [{ text: '{"findings":[]}' }], after: 'repeat' },
      { replies: [...commands.map(shell), { text: 'It is done.' }, { text: 'That is all.' }] },
    ],
  });
  const words = ['-p', 'Fix it.', '--model', 'm', '--base-url', server.url, '--approval', 'full'];
  const { stdout, stderr } = await run([...words, '--output-format', 'json'], { cwd, home });
  const wink = jsonLines(stdout)[0]?.wink;
  return { home, score: isObject(wink) ? wink.score : stderr, share: isObject(wink) ? wink.share : undefined };
}

it('the result holds the estimate that the run succeeded, and what the observer cost beside the agent', async () => {
  const good = await work('echo 1 > a.js', 'npm test');
  expect(good.score).toMatchObject({ ending: 'done', lastCheck: 'green', trouble: 'none', value: 0.78 });
  expect(good.share).toMatchObject({ tokens: expect.any(Number), money: expect.any(Number) });
  const none = await work('ls');
  expect(none.score).toBeUndefined();
  const report = JSON.parse((await run(['report', '--format', 'json'], { cwd: good.home, home: good.home })).stdout);
  expect(report.figures.find(({ key }: { key: string }) => key === 'score')).toMatchObject({
    estimate: { value: 0.78, n: 1 },
  });
});

it('eval prints the score against the outcomes, and holds it to limits', async () => {
  const home = makeFolder();
  const file = join(home, 'runs.jsonl');
  const edit = { tool: 'edit_file', args: { path: 'a.ts', old_string: '1', new_string: '2' }, result: 'edited' };
  const test = { tool: 'shell', args: { command: 'npm test' }, result: 'Tests  3 passed (3)' };
  const end = { tool: null, args: null, result: null, assistantText: 'Done.' };
  const lines = [
    { id: 'good', source: 'made', task: 'Fix it', steps: [edit, test, end], labels: { success: true } },
    { id: 'bad', source: 'made', task: 'Fix it', steps: [edit], labels: { success: false } },
  ];
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { stdout } = await run(['eval', file], { cwd: home, home });
  expect(stdout).toMatch(/Score against outcome: 2 runs, 1 passed; .* area under the curve 1\.00/);
  expect(stdout).toMatch(/done +green +none +0\.78 +100 % +1 of 1/);
  writeFileSync(join(home, 'limits.json'), '{ "scoreBrier": 0.001 }');
  const held = await run(['eval', file, '--fail-under', 'limits.json'], { cwd: home, home });
  expect(held).toMatchObject({ code: 1, stderr: expect.stringContaining("the scores' mean squared error") });
});
