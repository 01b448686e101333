import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isObject } from '../../../src/core/text/json.ts';
import { jsonLines, makeFolder, run, serve } from '../program.ts';

const shell = (command: string) => ({ calls: [{ name: 'shell', arguments: { command } }] });

/** Of the end of the first turn: it names a file that was never written. */
const finding = {
  class: 'false-claim',
  steps: [2],
  words: 'Both a.js and b.js are written.',
  shown: '',
  missing: 'no step writes b.js',
  innocent: 'none',
  harm: 'The user believes it.',
  certainty: 'certain',
  next: 'Say what is there.',
};

async function work(...commands: readonly string[]) {
  const [cwd, home] = [makeFolder(), makeFolder()];
  writeFileSync(join(cwd, 'package.json'), '{ "scripts": { "test": "echo Tests 3 passed" } }');
  const server = await serve({
    rules: [
      { when: { kind: 'judge' }, replies: [{ text: JSON.stringify({ findings: [finding] }) }], after: 'repeat' },
      { replies: [...commands.map(shell), { text: finding.words }, { text: 'a.js is written, b.js is not.' }] },
    ],
  });
  const words = ['-p', 'Fix it.', '--model', 'm', '--base-url', server.url, '--approval', 'full'];
  const { stdout, stderr } = await run([...words, '--output-format', 'json'], { cwd, home });
  const wink = jsonLines(stdout)[0]?.wink;
  return { home, stderr, wink: isObject(wink) ? wink : {} };
}

it('the result holds the estimate that the run succeeded, also when a claim was corrected, and what the observer cost', async () => {
  const good = await work('echo 1 > a.js', 'npm test');
  expect(good.wink.episodes, good.stderr).toMatchObject([
    { class: 'false-claim', interventions: 1, complied: true, outcome: 'recovered' },
  ]);
  expect(good.wink.score).toMatchObject({ ending: 'done', lastCheck: 'green', trouble: 'none', value: 0.74 });
  expect(good.wink.share).toMatchObject({ tokens: expect.any(Number), money: expect.any(Number) });
  const none = await work('ls');
  expect(none.wink.score).toBeUndefined();
  const report = JSON.parse((await run(['report', '--format', 'json'], { cwd: good.home, home: good.home })).stdout);
  expect(report.figures.find(({ key }: { key: string }) => key === 'score')).toMatchObject({
    estimate: { value: 0.74, n: 1 },
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
  expect(stdout).toMatch(/done +green +none +plain +0\.74 +100 % +1 of 1/);
  writeFileSync(join(home, 'limits.json'), '{ "scoreBrier": 0.001 }');
  const held = await run(['eval', file, '--fail-under', 'limits.json'], { cwd: home, home });
  expect(held).toMatchObject({ code: 1, stderr: expect.stringContaining("the scores' mean squared error") });
});
