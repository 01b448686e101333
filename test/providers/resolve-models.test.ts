import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import type { ConfigFlags } from '../../src/config/sources.ts';
import type { ModelSettings as ClientSettings } from '../../src/model/model-settings.ts';
import { saveKey } from '../../src/providers/api-keys.ts';
import { presets } from '../../src/providers/presets.ts';
import { resolveModels, resolveNamed } from '../../src/providers/resolve-models.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'wink-providers-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function options(flags: ConfigFlags, env: Record<string, string> = {}, file?: object) {
  if (file) writeFileSync(join(home, 'config.json'), JSON.stringify(file));
  const { config, origins } = await loadConfig({ env, cwd: home, home, flags, isTrusted: () => true });
  return { config, origins, env, home };
}

async function resolve(flags: ConfigFlags, env: Record<string, string> = {}, file?: object) {
  return resolveModels(await options(flags, env, file));
}

test('without a model there is nothing to resolve', async () => {
  expect(await resolve({}, { OPENAI_API_KEY: 'k' })).toBeUndefined();
});

test('ollama/qwen3-coder works without a key and without a base URL', async () => {
  const models = await resolve({ model: 'ollama/qwen3-coder' });
  expect(models?.main).toMatchObject({
    provider: 'ollama',
    name: 'qwen3-coder',
    baseUrl: 'http://127.0.0.1:11434/v1',
    api: 'chat',
  });
  expect(models?.main.apiKey).toBeUndefined();
  expect(models?.observer.name).toBe('qwen3-coder');
});

test('what is resolved is what the model client takes', async () => {
  const models = await resolve({ model: 'ollama/x' });
  const settings: ClientSettings | undefined = models?.main;
  expect(settings).toBeDefined();
});

test.each([
  ['127.0.0.1:9999', 'http://127.0.0.1:9999/v1'],
  ['0.0.0.0', 'http://127.0.0.1:11434/v1'],
  ['https://gpu.example.org', 'https://gpu.example.org/v1'],
  ['http://box:1234/', 'http://box:1234/v1'],
])('OLLAMA_HOST=%s is called at %s', async (host, url) => {
  expect((await resolve({ model: 'ollama/x' }, { OLLAMA_HOST: host }))?.main.baseUrl).toBe(url);
});

test('a name without provider is OpenAI’s, by the Responses API, with a cheaper model for the observer', async () => {
  const models = await resolve({ model: 'gpt-5.2' }, { OPENAI_API_KEY: 'k' });
  expect(models?.main).toMatchObject({
    provider: 'openai',
    name: 'gpt-5.2',
    baseUrl: 'https://api.openai.com/v1',
    apiKey: 'k',
    api: 'responses',
  });
  expect(models?.observer).toMatchObject({ name: 'gpt-6-luna', baseUrl: 'https://api.openai.com/v1', apiKey: 'k' });
});

test('with a base URL of one’s own the name is sent as it stands, by Chat Completions, and OPENAI_API_KEY goes along', async () => {
  const models = await resolve(
    { model: 'Qwen/Qwen3-32B' },
    { OPENAI_BASE_URL: 'http://127.0.0.1:5000/v1/', OPENAI_API_KEY: 'k' },
  );
  expect(models?.main).toMatchObject({
    provider: 'custom',
    name: 'Qwen/Qwen3-32B',
    baseUrl: 'http://127.0.0.1:5000/v1',
    apiKey: 'k',
    api: 'chat',
    quirks: {},
  });
  expect(models?.observer.name).toBe('Qwen/Qwen3-32B');
});

test('a model bought through a router is not asked of its maker', async () => {
  for (const model of ['openai/gpt-5.2', 'deepseek/deepseek-flash', 'openrouter/auto']) {
    const models = await resolve(
      { model },
      { OPENAI_BASE_URL: 'https://openrouter.ai/api/v1', OPENROUTER_API_KEY: 'k', OPENAI_API_KEY: 'other' },
    );
    expect(models?.main).toMatchObject({
      provider: 'openrouter',
      name: model,
      baseUrl: 'https://openrouter.ai/api/v1',
      apiKey: 'k',
    });
  }
});

test('a provider named by a flag wins over a base URL that the environment happens to have', async () => {
  const models = await resolve({ model: 'ollama/x' }, { OPENAI_BASE_URL: 'http://127.0.0.1:5000/v1' });
  expect(models?.main.baseUrl).toBe('http://127.0.0.1:11434/v1');
});

test('--base-url moves a local provider to another port and keeps what is known of it', async () => {
  const models = await resolve({ model: 'ollama/x', baseUrl: 'http://box:7/v1' });
  expect(models?.main).toMatchObject({ provider: 'ollama', name: 'x', baseUrl: 'http://box:7/v1' });
});

test('OpenAI’s own base URL in the environment does not keep another provider from being named', async () => {
  const models = await resolve(
    { model: 'anthropic/claude-opus-5' },
    { OPENAI_BASE_URL: 'https://api.openai.com/v1', ANTHROPIC_API_KEY: 'a' },
  );
  expect(models?.main).toMatchObject({
    provider: 'anthropic',
    name: 'claude-opus-5',
    baseUrl: 'https://api.anthropic.com/v1',
    apiKey: 'a',
  });
});

test.each(presets.filter((preset) => !preset.isLocal).map((preset) => [preset.name, preset] as const))(
  '%s: address, key variable and quirks come from the preset',
  async (name, preset) => {
    const env: Record<string, string> = { [preset.keyVariables[0] ?? '']: 'k' };
    if (name === 'azure') env.AZURE_OPENAI_ENDPOINT = 'https://mine.openai.azure.com/';
    const models = await resolve({ model: `${name}/some-model` }, env);
    expect(models?.main).toMatchObject({ provider: name, name: 'some-model', apiKey: 'k', quirks: preset.quirks });
    expect(models?.main.baseUrl).toBe(name === 'azure' ? 'https://mine.openai.azure.com/openai/v1' : preset.baseUrl);
  },
);

test('a missing key, an unknown provider and a missing address are one sentence that says what to do', async () => {
  await expect(resolve({ model: 'groq/x' })).rejects.toThrow(
    'There is no key for Groq: give it with `wink-agent login groq`, set GROQ_API_KEY, or let a command print it',
  );
  await expect(resolve({ model: 'nobody/x' })).rejects.toThrow(
    'There is no provider `nobody`; known are openai, openrouter',
  );
  await expect(resolve({ model: 'azure/x' }, { AZURE_OPENAI_API_KEY: 'k' })).rejects.toThrow(
    'set AZURE_OPENAI_ENDPOINT',
  );
  await expect(resolve({ model: 'ollama/' })).rejects.toThrow("The model's name is missing after `ollama/`");
});

test('a key comes from a command before variables, and its failure is said', async () => {
  const providers = (keyCommand: string) => ({ providers: { groq: { keyCommand } } });
  expect(
    (
      await resolve(
        { model: 'groq/x' },
        { GROQ_API_KEY: 'v', PATH: process.env.PATH ?? '' },
        providers('printf secret'),
      )
    )?.main.apiKey,
  ).toBe('secret');
  await expect(resolve({ model: 'groq/x' }, { PATH: process.env.PATH ?? '' }, providers('exit 3'))).rejects.toThrow(
    'The command for the key of groq failed (exit 3): exit 3',
  );
  await expect(resolve({ model: 'groq/x' }, { PATH: process.env.PATH ?? '' }, providers('true'))).rejects.toThrow(
    'printed nothing',
  );
});

test('a kept key is readable by the user alone, and one that others can read is refused', async () => {
  await saveKey(home, 'groq', 'one');
  await saveKey(home, 'mistral', 'two');
  const file = join(home, 'keys.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect((await resolve({ model: 'groq/x' }))?.main.apiKey).toBe('one');
  chmodSync(file, 0o644);
  await expect(resolve({ model: 'groq/x' })).rejects.toThrow(`run \`chmod 600 ${file}\``);
});

test('a provider of one’s own is configured by name, with quirks and headers', async () => {
  const own = {
    baseUrl: 'http://10.0.0.1/v1',
    keyVariable: 'MINE',
    headers: { 'x-team': 'a' },
    quirks: { jsonSchema: false },
    observerModel: 'small',
  };
  const models = await resolve({ model: 'mine/big' }, { MINE: 'k' }, { providers: { mine: own } });
  expect(models?.main).toMatchObject({
    provider: 'mine',
    name: 'big',
    baseUrl: 'http://10.0.0.1/v1',
    apiKey: 'k',
    headers: { 'x-team': 'a' },
    quirks: { jsonSchema: false },
  });
  expect(models?.observer.name).toBe('small');
});

test('the observer goes to a second provider only by the user’s word', async () => {
  const env = { ANTHROPIC_API_KEY: 'a', GROQ_API_KEY: 'g' };
  expect((await resolve({ model: 'anthropic/x', observerModel: 'claude-haiku-4-5' }, env))?.observer).toMatchObject({
    provider: 'anthropic',
    name: 'claude-haiku-4-5',
    apiKey: 'a',
  });
  expect((await resolve({ model: 'anthropic/x', observerModel: 'groq/small' }, env))?.observer).toMatchObject({
    provider: 'groq',
    name: 'small',
    apiKey: 'g',
  });
  const routed = await resolve(
    { model: 'a/big', observerModel: 'anthropic/small' },
    { ...env, OPENAI_BASE_URL: 'https://openrouter.ai/api/v1', OPENROUTER_API_KEY: 'o' },
  );
  expect(routed?.observer).toMatchObject({ provider: 'openrouter', name: 'anthropic/small', apiKey: 'o' });
});

test('reasoning effort goes only to those who take it', async () => {
  const file = { reasoningEffort: 'high' };
  expect((await resolve({ model: 'openai/x' }, { OPENAI_API_KEY: 'k' }, file))?.main.reasoningEffort).toBe('high');
  expect((await resolve({ model: 'mistral/x' }, { MISTRAL_API_KEY: 'k' }, file))?.main.reasoningEffort).toBeUndefined();
});

test('a fallback model is resolved beside the first', async () => {
  const models = await resolve({ model: 'ollama/a' }, {}, { fallbackModel: 'lmstudio/b' });
  expect(models?.fallback).toMatchObject({ provider: 'lmstudio', name: 'b', baseUrl: 'http://127.0.0.1:1234/v1' });
});

test.each([
  // In use, wanted, whether the endpoint lists it: where the next request goes.
  ['ollama/a', 'vllm/org/model', false, { provider: 'vllm', name: 'org/model' }],
  ['ollama/a', 'b', false, { provider: 'ollama', name: 'b', baseUrl: 'http://127.0.0.1:11434/v1' }],
  ['own/a', 'b', true, { provider: 'own', name: 'b', baseUrl: 'http://127.0.0.1:9', quirks: { strictOrder: true } }],
  ['own/a', 'ollama/b', true, { provider: 'own', name: 'ollama/b' }],
  ['own/a', 'ollama/b', false, { provider: 'ollama', name: 'b' }],
])('from %s, %s (listed: %s) is another model', async (model, wanted, isAmong, expected) => {
  const file = { providers: { own: { baseUrl: 'http://127.0.0.1:9', quirks: { strictOrder: true } } } };
  const known = await options({ model }, { OPENAI_API_KEY: 'never' }, file);
  const inUse = (await resolveModels(known))!.main;
  expect(await resolveNamed(wanted, { ...known, inUse, isAmong })).toMatchObject(expected);
});

test('OpenRouter gets breakpoints of the prompt cache for Claude alone, unless the user says otherwise', async () => {
  const env = { OPENROUTER_API_KEY: 'k' };
  const quirk = async (model: string, file?: object) => (await resolve({ model }, env, file))?.main.quirks.cacheControl;
  expect(await quirk('openrouter/anthropic/claude-sonnet-5.5')).toBe(true);
  expect(await quirk('openrouter/z-ai/glm-5')).toBeUndefined();
  expect(await quirk('openrouter/qwen/qwen4', { providers: { openrouter: { quirks: { cacheControl: true } } } })).toBe(
    true,
  );
});

test('a base URL that ends in /anthropic is asked by the Messages API, and ANTHROPIC_BASE_URL moves Anthropic', async () => {
  const other = await resolve({ model: 'kimi-k2.6', baseUrl: 'https://api.moonshot.ai/anthropic' }, {});
  expect(other?.main.api).toBe('messages');
  const env = { ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'https://gateway.example.org' };
  expect((await resolve({ model: 'anthropic/claude-opus-5-5' }, env))?.main).toMatchObject({
    baseUrl: 'https://gateway.example.org',
    api: 'messages',
  });
});
