import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runConfig } from '../../src/config/config-command.ts';
import { configJsonSchema } from '../../src/config/json-schema.ts';

let folder: string;
let file: string;

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'wink-config-command-')));
  file = join(folder, 'home/config.json');
  mkdirSync(join(folder, 'home'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(...argv: string[]) {
  return runWith({}, ...argv);
}

async function runWith(env: NodeJS.ProcessEnv, ...argv: string[]) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const io = { stdout, stderr, cwd: folder, env: { WINK_HOME: join(folder, 'home'), WINK_TRUST: '1', ...env } };
  const code = await runConfig(argv, io);
  return { code, out: String(stdout.read() ?? ''), err: String(stderr.read() ?? '') };
}

test('the list shows each effective value with where it comes from', async () => {
  writeFileSync(file, '{ "maxTurns": 7 }');
  const { code, out } = await runWith({ WINK_MODEL: 'm' });
  const { out: text } = await runWith({ WINK_MODEL: 'm' }, 'list');
  expect(code).toBe(0);
  expect(out).toBe(text);
  expect(out).toMatch(/^maxTurns +7 +\/.*config\.json$/m);
  expect(out).toMatch(/^model +"m" +environment WINK_MODEL$/m);
  expect(out).toMatch(/^approval +"ask" +default$/m);
});

test('the list as JSON has key, value and origin', async () => {
  const rows: unknown = JSON.parse((await run('list', '--format', 'json')).out);
  expect(rows).toContainEqual({ key: 'observer.mode', value: 'on', origin: 'default' });
});

test('values that may be secrets are not printed', async () => {
  writeFileSync(
    file,
    '{ "providers": { "x": { "headers": { "Authorization": "Bearer s3cret" } } }, "mcpServers": { "y": { "command": "z", "env": { "K": "s3cret" } } } }',
  );
  for (const format of ['table', 'json']) expect((await run('list', '--format', format)).out).not.toContain('s3cret');
});

test('set changes one key and leaves comments and order alone', async () => {
  writeFileSync(file, '{\n  // the local one\n  "model": "a",\n  "maxTurns": 3 // enough\n}\n');
  expect((await run('set', 'model', 'ollama/qwen3-coder')).code).toBe(0);
  expect((await run('set', 'observer.cooldownSteps', '4')).code).toBe(0);
  const text = readFileSync(file, 'utf8');
  expect(text).toContain('// the local one\n  "model": "ollama/qwen3-coder"');
  expect(text).toContain('// enough');
  expect((await run('get', 'observer.cooldownSteps')).out).toBe('4\n');
});

test('set makes the file when it is missing, and --repository takes the one of the repository', async () => {
  await run('set', 'permissions.allow', '["shell(npm test:*)"]');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ permissions: { allow: ['shell(npm test:*)'] } });
  mkdirSync(join(folder, '.git'));
  await run('set', '--repository', 'maxTurns', '9');
  expect(JSON.parse(readFileSync(join(folder, '.wink/config.json'), 'utf8'))).toEqual({ maxTurns: 9 });
  expect((await run('path', '--repository')).out.trim()).toBe(join(folder, '.wink/config.json'));
});

test('unset removes a key', async () => {
  writeFileSync(file, '{ "model": "a", "maxTurns": 3 }');
  await run('unset', 'model');
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ maxTurns: 3 });
});

test('set refuses an unknown key and a wrong value and writes nothing', async () => {
  await expect(run('set', 'aproval', 'ask')).rejects.toThrow(
    'config set: the key "aproval" is not known; did you mean "approval"?',
  );
  await expect(run('set', 'approval', 'yolo')).rejects.toThrow(
    '"approval" is "yolo"; allowed are "plan", "ask", "edits", "full".',
  );
  expect(() => readFileSync(file)).toThrow('ENOENT');
});

test('get of a key that is not set exits 1', async () => {
  expect(await run('get', 'model')).toMatchObject({ code: 1, out: '', err: 'model is not set.\n' });
});

test('get of a key that is not known says so, with the nearest one that is', async () => {
  const slip = await run('get', 'observer.polcy');
  expect(slip).toMatchObject({
    code: 1,
    err: 'The key observer.polcy is not known; did you mean observer.policy?\n',
  });
  expect((await run('get', 'nothing.here')).err).toContain('lists those that are');
});

test('edit opens the file in the editor of the environment', async () => {
  const { code } = await runWith(
    {
      EDITOR: 'cp',
      WINK_HOME: join(folder, 'home'),
      PATH: process.env.PATH ?? '',
      VISUAL: `${process.execPath} -e "require('fs').appendFileSync(process.argv[1],'// seen')"`,
    },
    'edit',
  );
  expect(code).toBe(0);
  expect(readFileSync(file, 'utf8')).toContain('// seen');
});

test('help has examples, an unknown action or flag is a mistake of the user', async () => {
  expect((await run('--help')).out).toContain('Examples');
  await expect(run('frobnicate')).rejects.toThrow('`config frobnicate` is not known');
  await expect(run('--frobnicate')).rejects.toThrow("Unknown option '--frobnicate'");
});

test('the published JSON schema is the one of the program', () => {
  const published: unknown = JSON.parse(
    readFileSync(new URL('../../docs/config.schema.json', import.meta.url), 'utf8'),
  );
  expect(published, 'renew it with `node bin/wink-agent.js config schema > docs/config.schema.json`').toEqual(
    JSON.parse(JSON.stringify(configJsonSchema())),
  );
});
