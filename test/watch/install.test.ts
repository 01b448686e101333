import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/core/prompt.ts';
import { chooseAgents, install, isInstalled, keepProgram, uninstall } from '../../src/watch/agents/install.ts';
import { type WatchPlaces, watchPlaces } from '../../src/watch/watch-places.ts';
import { describeStatus, readStatus } from '../../src/watch/watch-status.ts';
import { makeFolder } from '../program/program.ts';

let home: string;
let places: WatchPlaces;
const settings = '.claude/settings.json';

beforeEach(() => {
  home = makeFolder();
  places = watchPlaces(join(home, '.wink'));
  mkdirSync(join(home, '.claude'));
});

/** As the command does it; the program itself is not copied. */
function add(agent: string, repository?: string) {
  const env = { HOME: home };
  return install(chooseAgents([agent], env), { places, env, repository, mode: 'on', packageRoot: places.program });
}

const read = (file: string) => readFileSync(join(home, file), 'utf8');
const filesOfHome = () => readdirSync(home, { recursive: true }).filter((path) => !String(path).startsWith('.wink'));

describe('what is added to an agent', () => {
  const own = '{ "hooks": [{ "type": "command", "command": "true" }] }';
  test.each([
    ['claude', settings, `{\n  "theme": "dark",\n  "hooks": { "Stop": [${own}] }\n}\n`],
    ['claude', settings, `// mine\r\n{\r\n\t"hooks": {}, /* none */\r\n\t"a": [1,],\r\n}`],
    ['claude', settings, `\uFEFF{"hooks":{"PreToolUse":[{"matcher":"Bash","hooks":[]}]}}`],
    ['claude', settings, ''],
    ['codex', '.codex/hooks.json', undefined],
    ['gemini', '.gemini/settings.json', '{"hooksConfig":{"enabled":true}}'],
    ['opencode', '.config/opencode/plugins/wink-agent-watch.js', undefined],
    ['pi', '.pi/agent/extensions/wink-agent-watch.js', undefined],
  ])('%s: stands there once, others stay, and uninstall leaves the same bytes (%s %j)', async (agent, file, before) => {
    const path = join(home, file);
    if (before !== undefined) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, before);
    }
    const files = filesOfHome();
    expect(await add(agent)).toMatchObject([{ file: path, isNew: true }]);
    const once = read(file);
    expect(await add(agent)).toMatchObject([{ file: path, isNew: false }]);
    expect(read(file)).toBe(once);
    expect(once).toContain('hook.sh');
    if (before?.includes('theme')) expect(JSON.parse(once).hooks.Stop).toHaveLength(2);
    if (before?.includes('mine')) expect(once).toContain('/* none */');
    expect(isInstalled(places, chooseAgents([agent], {})[0]!.agent)).toHaveLength(1);
    await uninstall([agent], { places });
    if (before !== undefined) expect(read(file)).toBe(before);
    expect(filesOfHome()).toEqual(files);
  });

  test.each([
    ['{"hooks":[]}', 'its "hooks" is not an object'],
    ['{"hooks":{"Stop":{}}}', 'its "hooks.Stop" is not a list'],
    [Buffer.from('{"name":"caf\xe9"}', 'latin1'), 'it is not UTF-8'],
  ])('settings of another form are left alone, in one sentence (%s)', async (text, reason) => {
    writeFileSync(join(home, settings), text);
    await expect(add('claude')).rejects.toThrow(`${join(home, settings)} can't be changed: ${reason}`);
    expect(readFileSync(join(home, settings))).toEqual(Buffer.from(text));
  });

  test('what is in the way of a file is said in one sentence that names it', async () => {
    writeFileSync(join(home, '.gemini'), '');
    await expect(add('gemini')).rejects.toThrow("settings.json can't be changed: ");
    mkdirSync(join(home, '.codex/hooks.json'), { recursive: true });
    await expect(add('codex')).rejects.toThrow("hooks.json can't be changed: ");
  });

  test('a link stays a link, and the file behind it is what it was', async () => {
    writeFileSync(join(home, 'dotfiles.json'), '{"model":"opus"}');
    symlinkSync(join(home, 'dotfiles.json'), join(home, settings));
    await add('claude');
    expect(read('dotfiles.json')).toContain('hook.sh');
    await uninstall([], { places });
    expect(lstatSync(join(home, settings)).isSymbolicLink()).toBe(true);
    expect(read('dotfiles.json')).toBe('{"model":"opus"}');
  });

  test('a file that was changed since loses our entries and nothing else, also when it was installed again meanwhile', async () => {
    await add('claude');
    writeFileSync(join(home, settings), read(settings).replace('{', '{\n  "model": "opus",'));
    await add('claude');
    writeFileSync(join(home, settings), read(settings).replace('opus', 'sonnet'));
    await uninstall([], { places });
    expect(JSON.parse(read(settings))).toEqual({ model: 'sonnet' });
    await add('claude');
    await add('claude');
    await uninstall([], { places });
    expect(JSON.parse(read(settings))).toEqual({ model: 'sonnet' });
  });

  test('the user’s and a repository’s are two installations', async () => {
    const repository = makeFolder();
    await add('pi');
    await add('pi', repository);
    expect(isInstalled(places, 'pi')).toHaveLength(2);
    await uninstall(['pi'], { places });
    expect(existsSync(join(repository, '.pi'))).toBe(false);
  });
});

test.each([
  ['claude', settings, '{"disableAllHooks": true}', 'disableAllHooks is set'],
  ['gemini', '.gemini/settings.json', '{"hooksConfig": {"enabled": false}}', 'hooksConfig.enabled is false'],
  ['gemini', '.gemini/settings.json', '{"hooksConfig": {"disabled": ["wink-agent"]}}', 'hooksConfig.disabled has'],
  ['codex', '.codex/config.toml', '', 'Codex could not be asked'],
])('%s: what keeps it from being run is said (%s %s)', async (agent, file, text, reason) => {
  mkdirSync(dirname(join(home, file)), { recursive: true });
  writeFileSync(join(home, file), text);
  await add(agent);
  const status = await readStatus(places, { HOME: home, PATH: home }, home, undefined);
  expect(describeStatus(status)).toContain(reason);
  expect(status).toMatchObject({ mode: 'on', resident: null, judge: null });
});

test.each(['claude', 'codex'] as const)(
  'the plugin for %s has the same hooks, and says nothing without the program',
  async (agent) => {
    const folder = join(import.meta.dirname, '../../plugins', agent === 'claude' ? 'claude-code' : 'codex');
    const { hooks } = JSON.parse(readFileSync(join(folder, 'hooks/hooks.json'), 'utf8'));
    await add(agent);
    const [known] = chooseAgents([agent], {});
    const installed = JSON.parse(readFileSync(known!.file({ HOME: home }), 'utf8')).hooks;
    const shapes = (of: Record<string, { matcher?: string }[]>) =>
      Object.entries(of).map(([event, [group]]) => [event, group?.matcher]);
    expect(shapes(hooks)).toEqual(shapes(installed));
    const { command } = hooks.Stop[0].hooks[0];
    const end = spawnSync('sh', ['-c', command], {
      input: '{}',
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', HOME: makeFolder() },
    });
    expect(end).toMatchObject({ status: 0, stdout: '', stderr: '' });
  },
);

test('the copy of the program that hooks start is whole, also for those who have sessions of wink-agent itself', () => {
  keepProgram({ places, packageRoot: packageRoot() });
  mkdirSync(join(home, '.wink/sessions'));
  const words = [join(places.program, 'bin/wink-agent.cjs'), '--version'];
  const env = { PATH: process.env.PATH, WINK_HOME: join(home, '.wink') };
  expect(execFileSync(process.execPath, words, { env, encoding: 'utf8' })).toMatch(/^\d+\.\d+/);
});
