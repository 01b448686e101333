import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScriptedReply } from '../../../src/demo/server/scenario.ts';
import { makeFolder, run, serve } from '../program.ts';

test('the folder of core.hooksPath is held like the hooks in .git, for tools and for commands that nobody was asked about', async () => {
  const place = { cwd: makeFolder(), home: makeFolder() };
  const git = (...words: string[]) => execFileSync('git', words, { cwd: place.cwd });
  git('init', '-q');
  git('config', 'core.hooksPath', 'tools/hooks');
  const hook = join(place.cwd, 'tools/hooks/pre-commit');
  mkdirSync(join(place.cwd, 'tools/hooks'), { recursive: true });
  writeFileSync(hook, 'good');
  const call = (name: string, input: object): ScriptedReply => ({ calls: [{ name, arguments: { ...input } }] });
  const replies = [
    call('read', { path: 'tools/hooks/pre-commit' }),
    call('write', { path: 'tools/hooks/pre-commit', content: 'evil' }),
    call('shell', { command: 'd=tools/hooks; echo evil > $d/pre-commit' }),
    { text: 'done' },
  ];
  const server = await serve({ rules: [{ replies }] });
  const words = ['-p', 'go', '--model', 'scripted', '--base-url', server.url, '--wink', 'off', '--approval', 'edits'];
  await run(words, place);
  expect(readFileSync(hook, 'utf8')).toBe('good');
  const said = JSON.stringify(server.requests.at(-1)?.body.messages);
  expect(said).toContain('tools/hooks/pre-commit can run code or change settings by itself');
  expect(server.requests).toHaveLength(4);
});

const hasSandbox = spawnSync('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', 'true']).status === 0;

test.skipIf(!hasSandbox)(
  'a repository that is moved among installed packages and back keeps its settings',
  async () => {
    const place = { cwd: makeFolder(), home: makeFolder() };
    const app = join(place.cwd, 'app');
    for (const folder of [app, join(place.cwd, 'node_modules')]) mkdirSync(folder);
    execFileSync('git', ['init', '-q'], { cwd: app });
    const settings = readFileSync(join(app, '.git/config'), 'utf8');
    const shell = (command: string): ScriptedReply => ({ calls: [{ name: 'shell', arguments: { command } }] });
    writeFileSync(
      join(place.cwd, 'evil.sh'),
      'printf "[core]\\nfsmonitor = evil\\n" >> node_modules/app/.git/config\n',
    );
    const replies = [
      shell('mv app node_modules/app'),
      shell('sh evil.sh; echo tried > tried'),
      shell('mv node_modules/app app'),
      { text: 'done' },
    ];
    const server = await serve({ rules: [{ replies }] });
    const words = ['-p', 'go', '--model', 'scripted', '--base-url', server.url, '--wink', 'off', '--approval', 'edits'];
    const { stderr } = await run(words, place);
    expect(existsSync(join(place.cwd, 'tried'))).toBe(true);
    expect(readFileSync(join(app, '.git/config'), 'utf8')).toBe(settings);
    expect(stderr).not.toContain('set aside');
  },
);
