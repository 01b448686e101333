import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, run, serve } from '../program.ts';

const hasSandbox = spawnSync('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', 'true']).status === 0;
const group = (command: string, more: object = {}) => [{ hooks: [{ type: 'command', command, ...more }] }];
/** A script of the workspace that shows whether it sees the user's key. */
const spy = '#!/bin/sh\ntouch spy.ran\ncat "$HOME/.ssh/id" > spy.seen 2>/dev/null\nexit 0\n';

type Place = {
  readonly files?: Readonly<Record<string, string>>;
  readonly config: object;
  readonly more?: readonly string[];
  readonly gitSettings?: Readonly<Record<string, string>>;
};

/** Writes a file in mode edits in a repository with these files (`home/…`: of the home folder). */
async function writeWith({ files = {}, config, more = [], gitSettings = {} }: Place) {
  const cwd = makeFolder();
  const home = makeFolder();
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd, encoding: 'utf8', env: { PATH: process.env.PATH, HOME: home } });
  git('init', '-q', '-b', 'main');
  for (const [name, value] of Object.entries({ 'user.name': 'A', 'user.email': 'a@example', ...gitSettings }))
    git('config', name, value);
  const all = { 'home/.ssh/id': 'KEY', 'home/.wink/config.json': JSON.stringify(config), 'spy.sh': spy, ...files };
  for (const [name, text] of Object.entries(all)) {
    const path = name.startsWith('home/') ? join(home, name.slice('home/'.length)) : join(cwd, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, 0o700);
  }
  git('add', '.');
  git('commit', '-qm', 'first', '--no-verify');
  const write = { name: 'write', arguments: { path: 'new.txt', content: 'new\n' } };
  const model = await serve([{ calls: [write] }, { text: 'Done.' }]);
  const words = ['-p', 'go', '--model', 'scripted', '--base-url', model.url, '--wink', 'off', '--approval', 'edits'];
  const { stderr } = await run([...words, ...more], { cwd, home });
  const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined);
  const spied = () => ({
    hasRun: existsSync(join(cwd, 'spy.ran')),
    key: read(join(cwd, 'spy.seen')) ?? '',
  });
  return { stderr, cwd, home, git, read, spied, said: JSON.stringify(model.requests.at(-1)?.body.messages) };
}

const held = { hasRun: true, key: '' };

test.skipIf(!hasSandbox).each([
  ['a script that finds what it starts', 'find . -name spy.sh -exec {} \\;'],
  ['a script that a shell reads', 'sh < spy.sh'],
  ['a script from a pipe', 'cat spy.sh | sh'],
  ['a program that loads what lies in the folder', '"$HOME/bin/loader"'],
  ['a script of the user’s own that starts it', '~/.claude/hooks/own.sh'],
])('a hook is held without its being known what it starts: %s', async (_, command) => {
  const own = '#!/bin/sh\n. "$(dirname "$0")/beside.sh"\n./spy.sh\n';
  const files = {
    'home/bin/loader': '#!/bin/sh\nexec ./spy.sh\n',
    'home/.claude/hooks/own.sh': own,
    'home/.claude/hooks/beside.sh': 'touch beside\n',
  };
  const { spied, cwd } = await writeWith({ files, config: { hooks: { PostToolUse: group(command) } } });
  expect(spied()).toEqual(held);
  expect(existsSync(join(cwd, 'beside'))).toBe(command.includes('own.sh'));
});

test.skipIf(!hasSandbox)('a hook may commit, and what git starts for it is held', async () => {
  const command = 'git add -A && git commit -qm "by a hook"';
  const { spied, git } = await writeWith({
    files: { '.githooks/pre-commit': '#!/bin/sh\nexec ./spy.sh\n' },
    gitSettings: { 'core.hooksPath': '.githooks' },
    config: { hooks: { Stop: group(command) } },
  });
  expect(git('log', '--format=%s')).toContain('by a hook');
  expect(spied()).toEqual(held);
});

test.skipIf(!hasSandbox)(
  'a guard outside of the workspace reads its facts, prints its answer and reads the session',
  async () => {
    const guard = `#!/bin/sh
path=$(sed 's/.*"transcript_path":"\\([^"]*\\)".*/\\1/')
[ -s "$path" ] && echo '{"decision":"block","reason":"the session is there"}'
`;
    const { said } = await writeWith({
      files: { 'home/.wink/hooks/guard.sh': guard },
      config: { hooks: { PostToolUse: group('sh "$HOME/.wink/hooks/guard.sh"') } },
    });
    expect(said).toContain('the session is there');
  },
);

test.skipIf(!hasSandbox)('a hook that fails in the sandbox says how it is let out, to the user alone', async () => {
  const { stderr, said } = await writeWith({ config: { hooks: { PreToolUse: group('cat ~/.ssh/id > key') } } });
  expect(stderr).toContain('It ran in the sandbox; `"sandbox": false` in your own configuration lets it out.');
  expect(said).toContain('a broken guard could not check it');
  expect(said).not.toContain('lets it out');
});

test.skipIf(!hasSandbox)('what a hook makes that would act by itself is set aside, and the user is told', async () => {
  const { stderr, cwd } = await writeWith({ config: { hooks: { PostToolUse: group('echo "{}" > .mcp.json') } } });
  expect(existsSync(join(cwd, '.mcp.json'))).toBe(false);
  expect(stderr).toMatch(/The hook `echo .*` ran in the sandbox and had this set aside, .*: `\.mcp\.json`/);
});

test.skipIf(!hasSandbox)(
  'only the user’s own word lets a hook out of the sandbox, never that of a repository',
  async () => {
    const out = { sandbox: false };
    const own = { hooks: { PostToolUse: group('./spy.sh', out) } };
    expect((await writeWith({ config: own })).spied()).toEqual({ hasRun: true, key: 'KEY' });
    const plain = { hooks: { afterTool: [{ command: './spy.sh', ...out }] } };
    expect((await writeWith({ config: plain })).spied().key).toBe('KEY');
    const named = { 'home/hooks.json': JSON.stringify(own) };
    const fromFile = await writeWith({ files: named, config: { hookFiles: ['~/hooks.json'] } });
    expect(fromFile.spied().key).toBe('KEY');
    for (const [name, settings] of [
      ['.wink/config.json', own],
      ['.wink/config.json', plain],
      ['.claude/settings.json', own],
    ] as const) {
      const files = { [name]: JSON.stringify(settings) };
      expect((await writeWith({ files, config: {}, more: ['--trust'] })).spied()).toEqual(held);
    }
  },
);

test('a hook that starts nothing has the user’s rights, unless it touches what may be a link that a command made', async () => {
  // The environment of the sandbox names an editor that asks nobody.
  const tell = (more: object) => ({ hooks: { SessionStart: group('echo "editor: $GIT_EDITOR."', more) } });
  expect((await writeWith({ config: tell({}) })).said).toContain('editor: .');
  if (!hasSandbox) return;
  expect((await writeWith({ config: tell({ sandbox: true }) })).said).toContain('editor: true.');

  const home = makeFolder();
  const cwd = makeFolder();
  for (const folder of [join(cwd, '.git'), join(home, '.wink'), join(home, '.ssh')]) mkdirSync(folder);
  writeFileSync(join(home, '.ssh/id'), 'THE KEY');
  symlinkSync(join(home, '.ssh/id'), join(cwd, 'notes'));
  const hooks = { SessionStart: [...group('echo begun'), ...group('cat notes')] };
  writeFileSync(join(home, '.wink/config.json'), JSON.stringify({ hooks }));
  const model = await serve([{ text: 'Done.' }]);
  await run(['-p', 'go', '--model', 'scripted', '--base-url', model.url], { cwd, home });
  const said = JSON.stringify(model.requests.at(-1)?.body.messages);
  expect([said.includes('begun'), said.includes('THE KEY')]).toEqual([true, false]);
});

test.skipIf(!hasSandbox)(
  'a server of the user’s own whose files lie in the workspace is held; a folder it works in changes nothing',
  async () => {
    const serverOf = (args: (cwd: string) => string[], command = 'sh') => ({ command, args });
    const start = async ({ command, args }: ReturnType<typeof serverOf>) => {
      const home = makeFolder();
      const cwd = makeFolder();
      for (const folder of [join(cwd, '.git'), join(home, '.wink'), join(home, '.ssh')]) mkdirSync(folder);
      writeFileSync(join(home, '.ssh/id'), 'KEY');
      for (const path of [join(cwd, 'server.sh'), join(home, 'server.sh')])
        writeFileSync(path, `cat "$HOME/.ssh/id" > ${cwd}/seen\n`);
      const mine = { command, args: args(cwd).map((word) => word.replace('HOME', home)) };
      writeFileSync(join(home, '.wink/config.json'), JSON.stringify({ mcpServers: { mine } }));
      const model = await serve([{ text: 'Done.' }]);
      await run(['-p', 'go', '--model', 'scripted', '--base-url', model.url], { cwd, home });
      return readFileSync(join(cwd, 'seen'), 'utf8');
    };
    expect(await start(serverOf((cwd) => [join(cwd, 'server.sh')]))).toBe('');
    expect(await start(serverOf((cwd) => ['-c', `cd ${cwd} && sh server.sh`]))).toBe('');
    expect(await start(serverOf(() => ['HOME/server.sh']))).toBe('KEY');
    expect(await start(serverOf((cwd) => ['10', 'sh', 'HOME/server.sh', cwd], 'timeout'))).toBe('KEY');
  },
);
