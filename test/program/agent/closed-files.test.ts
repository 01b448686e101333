import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../program.ts';
import { done, type Reply, runAlone } from '../task.ts';

const read = (path: string): Reply => ({ calls: [{ name: 'read', arguments: { path } }] });

test('instructions of any folder leave out what a rule on reading closes, and the user is told once', async () => {
  const { code, stderr, requests } = await runAlone({
    config: { permissions: { deny: ['read(private/**)'], ask: ['read(docs/asked.md)'] } },
    files: {
      'AGENTS.md': 'Be brief. @docs/style.md @docs/asked.md @private/plan.md @.env @missing.md @somebody',
      'docs/style.md': 'Use tabs.',
      'docs/asked.md': 'ASKED-WORDS',
      'private/plan.md': 'PLAN-WORDS',
      '.env': 'TOKEN=ENV-WORDS',
      'web/AGENTS.md': 'Web rules. @../private/plan.md',
      'web/b.txt': 'b',
      'web/c.txt': 'c',
    },
    replies: [read('web/b.txt'), read('web/c.txt'), done],
    flags: ['--approval', 'full'],
  });
  expect(code).toBe(0);
  const sent = JSON.stringify(requests.map(({ body }) => body.messages));
  expect(sent).toContain('Use tabs.');
  expect(sent).toContain('Web rules.');
  expect(sent).not.toMatch(/PLAN-WORDS|ASKED-WORDS|ENV-WORDS/);
  expect(stderr.match(/Left out of the instructions.*/g)).toEqual([
    'Left out of the instructions for the model: docs/asked.md (the ask rule read(docs/asked.md) covers it), private/plan.md (the deny rule read(private/**) covers it), .env (it looks like it holds secrets).',
  ]);
});

test('instructions that lead out of the repository are left out with a word, by link and by import', async () => {
  const elsewhere = makeFolder();
  writeFileSync(join(elsewhere, 'mine.md'), 'MINE-WORDS');
  const cwd = makeFolder();
  mkdirSync(join(cwd, '.git'));
  writeFileSync(join(cwd, 'AGENTS.md'), `Here. @~/notes.md @${elsewhere}/mine.md @linked.md`);
  symlinkSync(join(elsewhere, 'mine.md'), join(cwd, 'linked.md'));
  const home = makeFolder();
  writeFileSync(join(home, 'notes.md'), 'NOTES-WORDS');
  const { stderr, requests } = await runAlone({ place: { cwd, home } });
  const sent = JSON.stringify(requests[0]?.body.messages);
  expect(sent).toContain('Here.');
  expect(sent).not.toMatch(/MINE-WORDS|NOTES-WORDS/);
  expect(stderr.match(/it lies outside the repository/g)).toHaveLength(3);
});

test('what a deny rule on reading covers is named to the model nowhere by itself', async () => {
  const { requests } = await runAlone({
    config: { permissions: { deny: ['read(private/**)', 'read(hush.txt)'] } },
    files: { 'private/plan.md': 'x', 'hush.txt': 'x', 'src/hush.txt': 'x', 'src/open.ts': 'x' },
    prompt: 'look at @src',
  });
  const sent = JSON.stringify(requests[0]?.body.messages);
  expect(sent).toContain('open.ts');
  expect(sent).not.toMatch(/private|hush/);
});
