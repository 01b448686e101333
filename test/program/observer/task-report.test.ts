import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../program.ts';
import { done, runTask, shell, write } from '../task.ts';

it('a task that asked for several things ends with what shows of each: in the result, on stderr, in the CI summary', async () => {
  const summary = join(makeFolder(), 'summary.md');
  const { result, stderr } = await runTask({
    prompt: "Create src/b.js, run `sh check.sh`, then update README.md. Don't change a.txt.",
    files: { 'check.sh': 'echo "1 failed"; exit 1\n', 'README.md': 'old\n' },
    replies: [write('src/b.js', 'export const b = 2;\n'), shell('sh check.sh'), done],
    flags: ['--approval', 'full'],
    env: { WINK_SUMMARY: summary },
  });
  expect(result.completion).toMatchObject({
    isReviewed: false,
    rows: [
      {
        requirement: 'Create src/b.js',
        status: 'evidence',
        evidence: [{ kind: 'file', path: 'src/b.js', steps: [0] }],
      },
      { status: 'against', evidence: [{ kind: 'check', command: 'sh check.sh', result: 'failed', step: 1 }] },
      { requirement: 'update README.md', status: 'none', evidence: [], unchanged: ['README.md'] },
      { requirement: "Don't change a.txt.", status: 'evidence', evidence: [{ kind: 'kept' }] },
    ],
  });
  expect(stderr).toMatch(/4 things asked for, evidence for 2, against 1, none found for 1/);
  expect(stderr).toMatch(/\? update README\.md\n +no evidence found; no change seen of README\.md/);
  expect(readFileSync(summary, 'utf8')).toMatch(
    /\| update README\.md \| no evidence found; no change seen of README\.md \|/,
  );
});

it('an answered review is said, and its finding stands at what it is about', async () => {
  const { result } = await runTask({
    prompt: 'Create b.txt and update notes.md.',
    replies: [write('b.txt', 'x'), done],
    judge: { text: '{"findings":[]}' },
    flags: ['--approval', 'full'],
  });
  expect(result.completion).toMatchObject({ isReviewed: true, rows: [{ status: 'evidence' }, { status: 'none' }] });
});

it('other words end the task: its report does not come back under what follows', async () => {
  const lines = [
    'Create b.txt and create c.txt.',
    'What is in b.txt, and why?',
    'Plan a module for the tax.',
    'go on',
  ].map((content) => `${JSON.stringify({ type: 'user', message: { role: 'user', content } })}\n`);
  const { stdout } = await runTask({
    input: lines.join(''),
    replies: [write('b.txt', 'x'), done, done, done, done],
    flags: ['--approval', 'full', '--input-format', 'stream-json', '--output-format', 'stream-json'],
  });
  const results = stdout
    .split('\n')
    .filter((line) => line.includes('"type":"result"'))
    .map((line) => JSON.parse(line).result.completion?.rows.length);
  expect(results).toEqual([2, undefined, undefined, undefined]);
});

it('the task of /review is no words of the user', async () => {
  const cwd = makeFolder();
  execFileSync('git', ['init', '-q', cwd]);
  const place = { cwd, home: makeFolder() };
  const { result } = await runTask({
    prompt: '/review',
    place,
    files: { 'a.txt': 'x' },
    replies: [done],
    flags: ['--approval', 'full'],
  });
  expect([result.outcome, result.completion]).toEqual(['done', undefined]);
});

it('"go on" belongs to the task before it, and a task of one thing has no report', async () => {
  const lines = ['Create b.txt and create c.txt.', 'go on', 'Thanks, now create d.txt.'].map(
    (content) => `${JSON.stringify({ type: 'user', message: { role: 'user', content } })}\n`,
  );
  const { stdout } = await runTask({
    input: lines.join(''),
    replies: [write('b.txt', 'x'), done, write('c.txt', 'x'), done, write('d.txt', 'x'), done],
    flags: ['--approval', 'full', '--input-format', 'stream-json', '--output-format', 'stream-json'],
  });
  const results = stdout
    .split('\n')
    .filter((line) => line.includes('"type":"result"'))
    .map((line) => JSON.parse(line).result.completion?.rows.map(({ status }: { status: string }) => status));
  expect(results).toEqual([['evidence', 'none'], ['evidence', 'evidence'], undefined]);
});
