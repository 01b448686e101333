import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, run, serve } from '../program/program.ts';

test('two agents at once in one repository and one home: each does its work, keeps its session, and either can be taken back', async () => {
  const [cwd, home] = [makeFolder(), makeFolder()];
  execFileSync('git', ['init', '-q'], { cwd });
  mkdirSync(join(cwd, 'src'));
  for (const name of ['one', 'two']) writeFileSync(join(cwd, 'src', `${name}.txt`), 'old\n');
  const runs = ['one', 'two'].map(async (name) => {
    const edits = Array.from({ length: 6 }, (_, index) => ({
      text: 'I edit.',
      calls: [{ name: 'write', arguments: { path: `src/${name}-${index}.txt`, content: `${name}\n` } }],
    }));
    const read = { text: 'I read.', calls: [{ name: 'read', arguments: { path: `src/${name}.txt` } }] };
    const edit = {
      text: 'I edit.',
      calls: [{ name: 'edit', arguments: { path: `src/${name}.txt`, edits: [{ oldText: 'old', newText: name }] } }],
    };
    const server = await serve({
      rules: [{ when: { kind: 'agent' }, replies: [read, ...edits, edit, { text: `${name} is done.` }] }],
    });
    return run(
      ['-p', 'go', '--model', 'scripted', '--base-url', server.url, '--approval', 'edits', '--session', name],
      { cwd, home },
    );
  });
  const results = await Promise.all(runs);
  expect(results.map(({ code, stdout }) => ({ code, stdout }))).toEqual([
    { code: 0, stdout: 'one is done.\n' },
    { code: 0, stdout: 'two is done.\n' },
  ]);
  for (const name of ['one', 'two']) expect(readFileSync(join(cwd, 'src', `${name}.txt`), 'utf8')).toBe(`${name}\n`);
  expect(readdirSync(join(cwd, 'src'))).toHaveLength(14);
  const [slug] = readdirSync(join(home, '.wink/sessions'));
  expect(readdirSync(join(home, '.wink/sessions', slug!)).sort()).toEqual(['one.jsonl', 'two.jsonl']);
  expect(readdirSync(join(home, '.wink/checkpoints/sessions')).sort()).toEqual(['one.jsonl', 'two.jsonl']);
});
