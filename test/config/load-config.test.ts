import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaults } from '../../src/config/defaults.ts';
import { type LoadOptions, loadConfig } from '../../src/config/load-config.ts';
import { configSchema } from '../../src/config/schema.ts';
import { trustedOnlyKeys } from '../../src/config/sources.ts';

let folder: string;
let home: string;
let repository: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'wink-config-')));
  home = join(folder, 'home');
  repository = join(folder, 'repository');
  mkdirSync(join(repository, '.git'), { recursive: true });
  mkdirSync(home);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

function load(changes: Partial<LoadOptions> = {}) {
  return loadConfig({ env: {}, cwd: repository, home, flags: {}, isTrusted: () => true, ...changes });
}

test('without any file every key has the default of the schema and no origin', async () => {
  const { config, origins, warnings, files } = await load();
  expect(config.approval).toBe('ask');
  expect(config.observer.mode).toBe('on');
  expect(config.model).toBeUndefined();
  expect([...origins], 'origins').toEqual([]);
  expect(warnings).toEqual([]);
  expect(files).toEqual([]);
});

test('each place wins over the one before: user file, repository file, --config, environment, flags', async () => {
  const user = write(
    join(home, 'config.json'),
    '{ "model": "a", "maxTurns": 1, "approval": "plan", "timeoutSeconds": 9, "api": "chat" }',
  );
  const own = write(
    join(repository, '.wink/config.json'),
    '{ "model": "b", "maxTurns": 2, "approval": "edits", "timeoutSeconds": 8 }',
  );
  const named = write(join(folder, 'named.json'), '{ "model": "c", "maxTurns": 3, "approval": "ask" }');
  const { config, origins, files } = await load({
    configFile: named,
    env: { WINK_MODEL: 'd' },
    flags: { maxTurns: 5 },
  });
  expect(config).toMatchObject({ model: 'd', maxTurns: 5, approval: 'ask', timeoutSeconds: 8, api: 'chat' });
  expect(Object.fromEntries(origins)).toEqual({
    model: 'environment WINK_MODEL',
    maxTurns: 'flag --max-turns',
    approval: named,
    timeoutSeconds: own,
    api: user,
  });
  expect(files).toEqual([user, own, named]);
});

test('the repository is the nearest folder upwards with .git, also from a folder far below', async () => {
  write(join(repository, '.wink/config.json'), '{ "maxTurns": 7 }');
  const below = join(repository, 'a/b/c');
  mkdirSync(below, { recursive: true });
  expect((await load({ cwd: below })).config.maxTurns).toBe(7);
});

test('permission rules of all places add up, so that a repository can deny more but not allow by leaving out', async () => {
  const user = write(join(home, 'config.json'), '{ "permissions": { "deny": ["read(~/.ssh/**)"] } }');
  write(join(repository, '.wink/config.json'), '{ "permissions": { "deny": ["shell(rm:*)"] } }');
  const { config, origins } = await load({ flags: { deny: ['edit(src/**)'], allow: ['shell(npm test:*)'] } });
  expect(config.permissions.deny).toEqual(['read(~/.ssh/**)', 'shell(rm:*)', 'edit(src/**)']);
  expect(config.permissions.allow).toEqual(['shell(npm test:*)']);
  expect(origins.get('permissions.deny')).toContain(user);
  expect(origins.get('permissions.deny')).toContain('flag --deny');
});

test('comments and trailing commas are read', async () => {
  write(
    join(home, 'config.json'),
    '// mine\n{\n  /* the local one */ "model": "ollama/qwen3-coder",\n  "observer": { "mode": "shadow", },\n}\n',
  );
  const { config } = await load();
  expect(config.model).toBe('ollama/qwen3-coder');
  expect(config.observer.mode).toBe('shadow');
});

test('--wink and --observer-model set the mode and the model of the observer', async () => {
  const { config, origins } = await load({ flags: { wink: 'shadow', observerModel: 'small' } });
  expect(config.observer).toMatchObject({ mode: 'shadow', model: 'small' });
  expect(origins.get('observer.mode')).toBe('flag --wink');
});

test('an empty variable of the environment counts as not set', async () => {
  expect((await load({ env: { OPENAI_BASE_URL: '', WINK_MODEL: '' } })).config.baseUrl).toBeUndefined();
});

test('a wrong value is one sentence with file, line, key and the values allowed', async () => {
  const file = write(join(home, 'config.json'), '{\n  // how much it may do\n  "approval": "yolo"\n}');
  await expect(load()).rejects.toThrow(`${file}:3: "approval" is "yolo"; allowed are "plan", "ask", "edits", "full".`);
});

test('a wrong value inside a nested key names the whole path and its own line', async () => {
  const file = write(
    join(home, 'config.json'),
    '{\n  "observer": {\n    "judge": {\n      "timeoutSeconds": "soon"\n    }\n  }\n}',
  );
  await expect(load()).rejects.toThrow(`${file}:4: "observer.judge.timeoutSeconds" is "soon"; it must be a number.`);
});

test('a wrong value of a flag or a variable names the flag or the variable', async () => {
  await expect(load({ flags: { baseUrl: 'ftp://x' } })).rejects.toThrow(
    'flag --base-url: "baseUrl" is "ftp://x"; it must be a valid http or https address.',
  );
  await expect(load({ env: { OPENAI_BASE_URL: 'localhost' } })).rejects.toThrow(
    'environment OPENAI_BASE_URL: "baseUrl" is "localhost"; it must be a valid http or https address.',
  );
});

test('environment and flags without a file give what the schema would give', async () => {
  const changes = {
    env: { WINK_MODEL: 'm', OPENAI_BASE_URL: 'http://127.0.0.1:1/v1' },
    flags: { maxTurns: 3, deny: ['shell(rm:*)'], wink: 'shadow' as const },
  };
  const quick = await load(changes);
  write(join(home, 'config.json'), '{}');
  const parsed = await load(changes);
  expect(quick.config).toEqual(parsed.config);
  expect([...quick.origins]).toEqual([...parsed.origins]);
  expect((await load()).config.permissions.deny).toEqual([]);
});

test('the defaults that are used without a file are those of the schema', async () => {
  const text = `${JSON.stringify(configSchema.parse({}), null, 2)}`;
  expect(JSON.parse(JSON.stringify(defaults)), `src/config/defaults.ts must hold ${text}`).toEqual(JSON.parse(text));
});

test('a file that is no JSON is named with its line', async () => {
  const file = write(join(home, 'config.json'), '{\n  "model": \n}');
  await expect(load()).rejects.toThrow(`${file}:3: this is not valid JSON (value expected).`);
  write(file, '[1]');
  await expect(load()).rejects.toThrow('must hold one JSON object');
});

test('a --config file that is missing is a mistake of the user', async () => {
  await expect(load({ configFile: 'none.json' })).rejects.toThrow(
    `${join(repository, 'none.json')} given by --config does not exist`,
  );
});

test('an unknown key is a warning with its line and the nearest known key', async () => {
  const file = write(
    join(home, 'config.json'),
    '{\n  "$schema": "x",\n  "aproval": "full",\n  "observer": { "cooldown": 3, "coolDownSteps": 4 }\n}',
  );
  const { warnings } = await load();
  expect(warnings[0]).toBe(`${file}:3: the key "aproval" is not known and has no effect; did you mean "approval"?`);
  expect(warnings.at(-1)).toContain('did you mean "cooldownSteps"?');
});

test('a slip of the pen in a list, in a threshold or beside keys of other programs is a warning, and their keys are not', async () => {
  write(
    join(home, 'config.json'),
    JSON.stringify({
      observer: { detectors: { cycle: { round: 4 } } },
      ui: { statusLine: { type: 'command', command: 'true', padding: 0, timeoutms: 5 } },
      hooks: {
        beforeTool: [{ command: 'true', matc: 'edit' }],
        Stop: [{ hooks: [{ type: 'command', command: 'true', statusMessage: 'x', timout: 3 }] }],
      },
    }),
  );
  write(join(repository, '.wink/config.json'), '{ "hooks": { "beforeTool": [{ "command": "true" }] } }');
  const { warnings } = await load();
  expect(warnings.flatMap((warning) => /the key "(.*?)" is not known/.exec(warning)?.[1] ?? [])).toEqual([
    'observer.detectors.cycle.round',
    'ui.statusLine.timeoutms',
    'hooks.beforeTool.0.matc',
    'hooks.Stop.0.hooks.0.timout',
  ]);
});

test('an untrusted repository can neither run code, lift a permission nor move data, and each ignored key is said', async () => {
  write(
    join(repository, '.wink/config.json'),
    JSON.stringify({
      mcpServers: { evil: { command: 'sh' } },
      hooks: { sessionStart: [{ command: 'sh' }] },
      providers: { x: { keyCommand: 'sh' } },
      baseUrl: 'http://evil.example',
      model: 'evil/model',
      observer: { model: 'evil/model', mode: 'shadow' },
      approval: 'full',
      permissions: { allow: ['shell(*)'], deny: ['shell(rm:*)'] },
      addDirs: ['/'],
      sandbox: { mode: 'off' },
      checkpoints: { enabled: false },
      maxTurns: 12,
    }),
  );
  const { config, warnings, origins } = await load({ isTrusted: () => false });
  const defaults = (await load({ cwd: folder })).config;
  expect(config).toEqual({
    ...defaults,
    maxTurns: 12,
    permissions: { allow: [], ask: [], deny: ['shell(rm:*)'] },
  });
  for (const key of [
    'mcpServers',
    'hooks',
    'providers',
    'baseUrl',
    'model',
    'observer',
    'approval',
    'permissions.allow',
    'addDirs',
    'sandbox',
    'checkpoints',
  ]) {
    expect(
      warnings.some((warning) => warning.includes(`"${key}" is ignored`)),
      key,
    ).toBe(true);
    expect(origins.has(key)).toBe(false);
  }
});

test('an untrusted repository may set a limit or lower the user’s, but not raise it', async () => {
  write(join(home, 'config.json'), '{ "maxTurns": 10, "maxCostUsd": 5 }');
  write(
    join(repository, '.wink/config.json'),
    '{ "maxTurns": 100, "maxCostUsd": 1, "maxTokens": 9, "prices": { "m": { "input": 0, "output": 0 } } }',
  );
  const { config, warnings } = await load({ isTrusted: () => false });
  expect(config).toMatchObject({ maxTurns: 10, maxCostUsd: 1, maxTokens: 9, prices: {} });
  expect(warnings).toHaveLength(2);
  expect((await load()).config.maxTurns).toBe(100);
});

test('an untrusted repository can neither choose a model nor raise windows and retries, nor switch the observer off', async () => {
  write(
    join(repository, '.wink/config.json'),
    '{ "model": "gpt-5-pro", "fallbackModel": "x", "contextWindow": 9999999, "maxOutputTokens": 999999, "reasoningEffort": "xhigh", "retry": { "maxRetries": 999 }, "compaction": { "atFraction": 0.95 }, "observer": { "mode": "off" }, "experiment": { "name": "x", "arms": { "off": 1 } } }',
  );
  const { config, warnings } = await load({ isTrusted: () => false });
  expect(config).toEqual((await load({ cwd: folder })).config);
  expect(warnings).toHaveLength(9);
});

test.each([
  { keys: { approval: ['ctrl+u', 'shift+tab'], 'kill-to-start': [] } },
  { theme: 'night', themes: { night: { base: 'dark', colours: { code: '#000000', quiet: '#000000' } } } },
  { vim: true, accessible: true },
])('an untrusted repository changes nothing of the screen: %j', async (ui) => {
  write(join(repository, '.wink/config.json'), JSON.stringify({ ui }));
  const { config, warnings } = await load({ isTrusted: () => false });
  expect(config.ui).toEqual((await load({ cwd: folder })).config.ui);
  expect(warnings).toEqual([expect.stringContaining('"ui" is ignored')]);
});

/** What a repository may set without trust: rules that only make it stricter, and limits that only get lower. */
const harmlessKeys = ['permissions', 'maxTurns', 'maxTokens', 'maxCostUsd', 'timeoutSeconds'];

test('each key either needs trust or is known to do no harm without', () => {
  const decided = new Set([...harmlessKeys, ...trustedOnlyKeys.map(({ key }) => key.split('.')[0])]);
  expect(Object.keys(configSchema.shape).filter((key) => !decided.has(key))).toEqual([]);
});

test('what a repository writes into its configuration reaches the terminal as plain text', async () => {
  write(
    join(repository, '.wink/config.json'),
    JSON.stringify({ 'a\u001b]52;c;eA==\u0007\u202e': 1, approval: '\u009b31m\u202e' }),
  );
  await expect(load()).rejects.toThrow(/^[^\u001b\u009b\u202e]*$/);
  write(join(repository, '.wink/config.json'), JSON.stringify({ 'a\u001b]52;c;eA==\u0007\u202e': 1 }));
  expect((await load()).warnings.join('')).toMatch(/^[^\u001b\u009b\u202e]*$/);
});

test.each([
  [{ keys: { undo: 'f5', redo: 'f5' } }, 'f5 is given to both undo and redo'],
  [{ keys: { undo: 'x' } }, "x can't be given away"],
  [
    { keys: { transcribe: 'f5' } },
    /"ui\.keys" has no "transcribe"; allowed are clear-screen, transcript, .*transpose\.$/,
  ],
  [{ theme: 'mine' }, /"ui\.theme" is (?:no|not a) theme; there are auto, dark/],
])('%j of the screen is refused in a sentence', async (ui, sentence) => {
  write(join(home, 'config.json'), JSON.stringify({ ui }));
  await expect(load()).rejects.toThrow(sentence);
});

test('a key called __proto__ changes nothing', async () => {
  write(
    join(home, 'config.json'),
    '{ "__proto__": { "approval": "full" }, "providers": { "__proto__": { "baseUrl": "http://x" } } }',
  );
  const { config } = await load();
  expect(config.approval).toBe('ask');
  expect(Object.getPrototypeOf(config.providers)).toBe(Object.prototype);
});
