import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ended, makeFolder, run, serve, start } from '../program.ts';

const hasSandbox = spawnSync('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', 'true']).status === 0;
const script =
  'mkdir .vscode app && echo {} > .vscode/tasks.json && echo x > app/.npmrc && echo x > plain.txt && touch begun && sleep 100';

/** Kills the program while a command runs that makes what would run code, and goes on; `agoSeconds`: when it was killed. */
async function killAndGoOn(agoSeconds: number) {
  const place = { cwd: makeFolder(), home: makeFolder() };
  execFileSync('git', ['init', '-q'], { cwd: place.cwd });
  mkdirSync(join(place.cwd, '.idea'));
  writeFileSync(join(place.cwd, 'make.sh'), script);
  const shell = (command: string) => ({ calls: [{ name: 'shell', arguments: { command } }] });
  const server = await serve({
    rules: [
      { when: { kind: 'agent', user: 'begin' }, replies: [shell('sh make.sh')] },
      { when: { kind: 'agent', user: 'once more' }, replies: [shell('echo x > more.txt'), { text: 'Done.' }] },
    ],
  });
  const flags = ['--model', 'scripted', '--base-url', server.url, '--wink', 'off', '--approval', 'edits'];
  const first = start(['-p', 'begin', ...flags], place);
  const end = ended(first);
  await expect.poll(() => existsSync(join(place.cwd, 'begun')), { timeout: 20_000 }).toBe(true);
  first.kill('SIGKILL');
  await end;
  writeFileSync(join(place.cwd, 'mine.txt'), 'mine');
  const folder = join(place.home, '.wink/moved');
  const records = readdirSync(folder).filter((name) => name.includes('.running.'));
  expect(records).toHaveLength(1);
  const at = Date.now() / 1000 - agoSeconds;
  utimesSync(join(folder, records[0]!), at, at);
  const { stderr, code } = await run(['-p', 'once more', ...flags], place);
  expect(code).toBe(0);
  expect(readdirSync(folder).filter((name) => name.includes('.running.'))).toEqual([]);
  const left = ['.vscode', 'app/.npmrc', '.idea', 'plain.txt', 'mine.txt'].filter((name) =>
    existsSync(join(place.cwd, name)),
  );
  return { stderr, left };
}

test.skipIf(!hasSandbox)('what a command made that runs code is set aside after a kill', async () => {
  const { stderr, left } = await killAndGoOn(0);
  expect(left).toEqual(['.idea', 'plain.txt', 'mine.txt']);
  expect(stderr).toContain('A command was running when wink-agent was killed. It had this set aside');
  expect(stderr).toMatch(/`\.vscode`.*`app\/\.npmrc`|`app\/\.npmrc`.*`\.vscode`/);
});

test.skipIf(!hasSandbox)('what came into being after the kill is left where it is', async () => {
  const { stderr, left } = await killAndGoOn(60);
  expect(left).toEqual(['.vscode', 'app/.npmrc', '.idea', 'plain.txt', 'mine.txt']);
  expect(stderr).not.toContain('set aside');
});

const untilGone = 'mkdir .vscode && echo {} > .vscode/tasks.json && until [ ! -e .vscode ]; do sleep 0.1; done';

test.skipIf(!hasSandbox).each([
  ['and it goes on', `${untilGone}; echo gone > gone`, 'set aside: '],
  ['and ended when it makes it again', `${untilGone}; ${untilGone}; sleep 100; echo on > on`, 'was made once more'],
])('what a command makes that runs code is taken away while it runs, %s', async (_, text, said) => {
  const place = { cwd: makeFolder(), home: makeFolder() };
  writeFileSync(join(place.cwd, 'make.sh'), text);
  const server = await serve([{ calls: [{ name: 'shell', arguments: { command: 'sh make.sh' } }] }, { text: 'Done.' }]);
  const flags = ['--model', 'scripted', '--base-url', server.url, '--wink', 'off', '--approval', 'edits'];
  const { stderr } = await run(['-p', 'go', ...flags], place);
  expect(stderr).toContain('A command that nobody was asked about still runs. It had this set aside');
  expect(JSON.stringify(server.requests.at(-1)?.body.messages)).toContain(said);
  expect(readdirSync(place.cwd).sort()).toEqual(said === 'set aside: ' ? ['gone', 'make.sh'] : ['make.sh']);
});

test.skipIf(!hasSandbox)('a repository that a test makes and removes at once is left to it', async () => {
  const place = { cwd: makeFolder(), home: makeFolder() };
  const script =
    'for i in 1 2 3 4 5 6 7; do mkdir -p x/.vscode; echo $i > x/.vscode/a; sleep 1; cat x/.vscode/a >> seen; rm -r x; done';
  writeFileSync(join(place.cwd, 'make.sh'), script);
  const server = await serve([{ calls: [{ name: 'shell', arguments: { command: 'sh make.sh' } }] }, { text: 'Done.' }]);
  const flags = ['--model', 'scripted', '--base-url', server.url, '--wink', 'off', '--approval', 'edits'];
  const { stderr } = await run(['-p', 'go', ...flags], place);
  expect(readFileSync(join(place.cwd, 'seen'), 'utf8')).toBe('1\n2\n3\n4\n5\n6\n7\n');
  expect(stderr).not.toContain('set aside');
});
