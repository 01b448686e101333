import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { run } from '../program.ts';
import { done, runTask, shell, write } from '../task.ts';

const key = `npm_${'a1B2'.repeat(9)}`;

it('a session becomes a page that runs and loads nothing, or data, without keys', async () => {
  const place = await runTask({
    prompt: 'Create <b>b.js</b> and run `sh x.sh`.',
    files: { 'x.sh': 'echo "<script>alert(1)</script>"\n' },
    replies: [
      write('b.js', `const key = '${key}';\n`),
      shell('sh x.sh'),
      {
        text: '**Done.** <img src="https://evil.example/x.png" onerror="alert(1)"> [here](javascript:alert(1)) ![p](https://evil.example/p.png)',
      },
      done,
    ],
    flags: ['--approval', 'full'],
  });
  const page = (await run(['export'], place)).stdout;
  expect(page).toMatch(/^<!doctype html>/);
  expect(page).toContain('Create &lt;b&gt;b.js&lt;/b&gt;');
  expect(page).toContain('<strong>Done.</strong>');
  expect(page).toContain('Asked for, and what shows of it');
  expect(page).not.toMatch(/<script|<img|<b>b\.js|javascript:|<[^>]* on\w+=/);
  expect(page).not.toContain(key);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');

  const file = join(place.cwd, 'session.jsonl');
  expect((await run(['export', '--output', file], place)).stderr).toContain('Written to');
  const lines = readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  expect([lines[0], lines.at(-1)]).toEqual(['header', 'end']);
  expect(readFileSync(file, 'utf8')).not.toContain(key);

  writeFileSync(join(place.cwd, 'mine.html'), 'mine');
  const again = await run(['export', '--output', 'mine.html'], place);
  expect([again.code, readFileSync(join(place.cwd, 'mine.html'), 'utf8')]).toEqual([2, 'mine']);
  expect(again.stderr).toContain('is there already');
  expect((await run(['export', 'nowhere'], place)).stderr).toContain('There is no session nowhere');
  expect((await run(['export', '--format', 'pdf'], place)).stderr).toContain('--format takes html or jsonl');
});
