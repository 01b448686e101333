import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScriptedReply } from '../../../src/demo/server/scenario.ts';
import { makeFolder, run, serve } from '../program.ts';

test('in mode edits a file that git ignores is neither replaced nor emptied unasked, and one that the checkpoint holds is', async () => {
  const place = { cwd: makeFolder(), home: makeFolder() };
  const path = (name: string) => join(place.cwd, name);
  execFileSync('git', ['init', '-q'], { cwd: place.cwd });
  writeFileSync(path('.gitignore'), '*.local\n');
  for (const name of ['mine.local', 'a.txt', 'b.txt']) writeFileSync(path(name), 'old');
  const call = (name: string, input: object): ScriptedReply => ({ calls: [{ name, arguments: { ...input } }] });
  const replies = [
    call('read', { path: 'mine.local' }),
    call('write', { path: 'mine.local', content: 'new' }),
    call('shell', { command: 'echo new > mine.local' }),
    call('read', { path: 'a.txt' }),
    call('write', { path: 'a.txt', content: 'new' }),
    call('shell', { command: 'rm b.txt' }),
    { text: 'done' },
  ];
  const server = await serve({ rules: [{ replies }] });
  const words = ['-p', 'go', '--model', 'scripted', '--base-url', server.url, '--wink', 'off', '--approval', 'edits'];
  await run(words, place);
  expect(readFileSync(path('mine.local'), 'utf8')).toBe('old');
  expect(readFileSync(path('a.txt'), 'utf8')).toBe('new');
  const said = JSON.stringify(server.requests.at(-1)?.body.messages);
  expect(said).toContain('No checkpoint could bring mine.local back');
  expect(said).toContain('replaces files that no checkpoint brings back (mine.local:');
  expect(said).not.toContain('b.txt: ignored');
});
