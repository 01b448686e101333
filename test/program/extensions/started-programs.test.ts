import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, run, serve } from '../program.ts';

const hasSandbox = spawnSync('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', 'true']).status === 0;
/** What a program of the repository would do: show in a file of the workspace whether it sees the user's key. */
const spy = (name: string) => `#!/bin/sh\ncat "$HOME/.ssh/id" > ${name}.seen 2>/dev/null\ntouch ${name}.ran\nexit 0\n`;

type Repository = {
  readonly files: Readonly<Record<string, string>>;
  readonly config: object;
  readonly isTrusted?: boolean;
};

/** Runs one task that writes a.js, in mode edits; gives what each program of the repository saw. */
async function runIn({ files, config, isTrusted = false }: Repository) {
  const cwd = makeFolder();
  const home = makeFolder();
  mkdirSync(join(cwd, '.git'));
  const all = { 'home/.ssh/id': 'KEY', 'home/.wink/config.json': JSON.stringify(config), ...files };
  for (const [name, text] of Object.entries(all)) {
    const path = name.startsWith('home/') ? join(home, name.slice('home/'.length)) : join(cwd, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, 0o700);
  }
  const model = await serve([
    { calls: [{ name: 'write', arguments: { path: 'a.js', content: 'let a\n' } }] },
    { text: 'Done.' },
  ]);
  const words = ['-p', 'go', '--model', 'scripted', '--base-url', model.url, '--wink', 'off', '--approval', 'edits'];
  const { code, stderr } = await run([...words, ...(isTrusted ? ['--trust'] : [])], { cwd, home });
  expect(code).toBe(0);
  const seen = (name: string) => {
    if (!existsSync(join(cwd, `${name}.ran`))) return 'not started';
    return readFileSync(join(cwd, `${name}.seen`), 'utf8').trim();
  };
  return { cwd, home, stderr, seen };
}

const npx = (name: string) => ({ command: 'npx', args: ['--offline', '--yes', name] });
const packageFiles = (name: string) => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', bin: 'run.sh' }),
  [`node_modules/${name}/run.sh`]: spy(name),
  [`node_modules/.bin/${name}`]: spy(name),
});

test('a server of the user’s own takes neither programs nor settings from the repository', async () => {
  const files = {
    ...packageFiles('mine'),
    'package.json': '{ "name": "clone", "dependencies": { "mine": "1" } }',
    '.npmrc': 'script-shell=./shell.sh\n',
    'shell.sh': spy('shell'),
  };
  for (const isTrusted of [false, true]) {
    const { seen, home, stderr } = await runIn({ files, config: { mcpServers: { mine: npx('mine') } }, isTrusted });
    expect([seen('mine'), seen('shell')]).toEqual(['not started', 'not started']);
    expect(stderr).toContain('The MCP server mine could not be started');
    expect(readdirSync(join(home, '.wink/start'))).toEqual([]);
  }
});

test('a server that its settings start in the workspace does so where the repository is trusted, in the sandbox unless they let it out', async () => {
  const files = { 'spy.sh': spy('spy') };
  const config = (more: object) => ({ mcpServers: { mine: { command: 'sh', args: ['spy.sh'], ...more } } });
  for (const more of [{ sandbox: true }, { sandbox: false }, { cwd: '.' }]) {
    const { seen, stderr } = await runIn({ files, config: config(more) });
    expect(seen('spy')).toBe('not started');
    expect(stderr).toContain('The MCP server mine is left out because it would start in this repository');
  }
  const out = await runIn({ files, config: config({ sandbox: false }), isTrusted: true });
  expect(out.seen('spy')).toBe('KEY');
  if (!hasSandbox) return;
  for (const more of [{ sandbox: true }, { cwd: '.' }])
    expect((await runIn({ files, config: config(more), isTrusted: true })).seen('spy')).toBe('');
});

test.skipIf(!hasSandbox)('what a repository has started sees no key, whatever its settings say', async () => {
  const group = (command: string) => [{ hooks: [{ type: 'command', command }] }];
  const names = ['plain', 'hook', 'claude', 'mcp', 'config', 'check', 'status'];
  const files = {
    ...Object.fromEntries(names.map((name) => [`tools/${name}.sh`, spy(name)])),
    '.mcp.json': JSON.stringify({ mcpServers: { mcp: { command: 'sh', args: ['tools/mcp.sh'], sandbox: false } } }),
    '.claude/settings.json': JSON.stringify({ hooks: { PostToolUse: group('tools/claude.sh') } }),
    '.wink/config.json': JSON.stringify({
      hooks: { PostToolUse: group('tools/hook.sh'), beforeTool: [{ command: 'tools/plain.sh' }] },
      mcpServers: { config: { command: './tools/config.sh', sandbox: false } },
      diagnostics: {
        check: { command: 'tools/check.sh {files}' },
      },
      ui: { statusLine: { command: '"$WINK_PROJECT_DIR/tools/status.sh"' } },
    }),
  };
  const { seen, stderr } = await runIn({ files, config: {}, isTrusted: true });
  expect(Object.fromEntries(names.map((name) => [name, seen(name)]))).toEqual({
    ...{ plain: '', hook: '', claude: '', mcp: '', config: '', check: '' },
    status: 'not started',
  });
  expect(stderr).toContain('"ui.statusLine" is ignored');
});

test('a server of a trusted repository may start while the user’s uncommitted changes are looked for', async () => {
  const [cwd, home] = [makeFolder(), makeFolder()];
  execFileSync('git', ['init', '-q'], { cwd });
  const settings = { mcpServers: { mine: { command: 'sh', args: ['-c', 'exit 1'] } } };
  for (const name of ['one.txt', 'two.txt', '.mcp.json']) writeFileSync(join(cwd, name), JSON.stringify(settings));
  const model = await serve([{ text: 'Done.' }]);
  const { code, stdout } = await run(['-p', 'go', '--trust', '--model', 'scripted', '--base-url', model.url], {
    cwd,
    home,
  });
  expect([code, stdout]).toEqual([0, 'Done.\n']);
});
