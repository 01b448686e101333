import { describe, expect, it } from 'vitest';
import { listModels } from '../../src/model/list-models.ts';
import { openModel } from '../../src/model/openai.ts';
import { costOf, findModel } from '../../src/model/prices.ts';
import { never, serve, settingsFor } from './support.ts';

describe('prices', () => {
  it('are found behind a provider and before a date', () => {
    const price = findModel('gpt-4.1')?.price;
    expect(price).toBeDefined();
    for (const name of ['openai/gpt-4.1', 'gpt-4.1-2025-04-14', 'GPT-4.1', 'openrouter/openai/gpt-4.1:floor'])
      expect(findModel(name)?.price).toEqual(price);
    expect(findModel('claude-sonnet-4-5-20250929')).toEqual(findModel('anthropic/claude-sonnet-4.5'));
  });

  it('of another version or size are another model', () => {
    for (const name of ['gpt-4.1-mega', 'claude-sonnet-4-9', 'gpt-6', 'constructor', ''])
      expect(findModel(name)).toBeUndefined();
  });

  it('that are unknown make the cost null and never 0', () => {
    expect(costOf('qwen3-coder', { input: 1000, cached: 0, output: 10 })).toBeNull();
    expect(costOf('qwen3-coder', { input: 0, cached: 0, output: 0 })).toBeNull();
  });

  it('count cached tokens at their own price, and at the full one where none is known', () => {
    const tokens = { input: 1_000_000, cached: 400_000, output: 100_000 };
    expect(costOf('m', tokens, { m: { input: 2, cachedInput: 0.5, output: 10 } })).toBeCloseTo(1.2 + 0.2 + 1, 10);
    expect(costOf('m', tokens, { m: { input: 2, output: 10 } })).toBeCloseTo(3, 10);
  });

  it('of the user go before the known ones', () => {
    expect(costOf('gpt-4.1', { input: 1_000_000, cached: 0, output: 0 }, { 'gpt-4.1': { input: 7, output: 7 } })).toBe(
      7,
    );
  });

  it('rise for long prompts where a provider says so', () => {
    const own = { m: { input: 1, output: 1, longPrompt: { above: 1000, input: 2, output: 2 } } };
    expect(costOf('m', { input: 1000, cached: 0, output: 0 }, own)).toBeCloseTo(0.001, 10);
    expect(costOf('m', { input: 1001, cached: 0, output: 0 }, own)).toBeCloseTo(0.002002, 10);
  });
});

describe('the context window', () => {
  it('is that of the settings, else of the table, else unknown', () => {
    const open = (name: string, more: object = {}) =>
      openModel(settingsFor({ url: 'http://127.0.0.1/v1' }, { name, ...more }));
    expect(open('gpt-4.1', { contextWindow: 9000 }).contextWindow).toBe(9000);
    expect(open('gpt-4.1').contextWindow).toBe(1_047_576);
    expect(open('qwen3-coder').contextWindow).toBeUndefined();
  });
});

describe('a base URL', () => {
  it.each(['localhost:11434', 'not a url', 'ftp://host/v1', 'https://user:secret@host/v1'])(
    'like %s is refused before anything is sent',
    (url) => {
      expect(() => openModel(settingsFor({ url }))).toThrow(
        expect.objectContaining({ name: 'UserError', message: expect.not.stringContaining('secret') }),
      );
    },
  );
});

describe('the list of models', () => {
  it('gives names and windows as the endpoint tells them', async () => {
    const server = await serve([], { models: ['a', 'b'], contextWindow: 32_000 });
    expect(await listModels(settingsFor(server), never)).toEqual([
      { name: 'a', contextWindow: 32_000 },
      { name: 'b', contextWindow: 32_000 },
    ]);
  });

  it('says what to do when the key is refused', async () => {
    const server = await serve([], { apiKey: 'another' });
    await expect(listModels(settingsFor(server), never)).rejects.toMatchObject({ name: 'ModelError', kind: 'auth' });
  });
});
