import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isObject, parseJson } from '../../../src/core/text/json.ts';
import type { ScriptedReply } from '../../../src/demo/server/scenario.ts';
import { ended, makeFolder, serve, start } from '../program.ts';

const model = [
  '--model',
  'anthropic/claude-sonnet-5-5',
  '--wink',
  'off',
  '--output-format',
  'json',
  '--approval',
  'full',
];

/** Reads a long file again and again until it has done so often enough, thinking now and then. */
function reading(times: number): ScriptedReply[] {
  return [
    ...Array.from({ length: times }, (_, at) => ({
      ...(at % 2 === 0 ? { reasoning: 'I go on.' } : {}),
      calls: [{ name: 'read', arguments: { path: `long-${at}.txt` } }],
    })),
    { text: 'Done.' },
  ];
}

function place(config: object = {}) {
  const cwd = makeFolder();
  const home = makeFolder();
  for (let at = 0; at < 40; at += 1) writeFileSync(join(cwd, `long-${at}.txt`), `line ${at} of a file\n`.repeat(40));
  mkdirSync(join(home, '.wink'), { recursive: true });
  writeFileSync(join(home, '.wink', 'config.json'), JSON.stringify(config));
  return { cwd, home, env: { ANTHROPIC_API_KEY: 'key-of-the-user' } };
}

async function run(words: readonly string[], where: ReturnType<typeof place>) {
  const { stdout, stderr, code } = await ended(start(words, where));
  const result = parseJson(stdout);
  if (!isObject(result)) throw new Error(`no result (exit ${code}): ${stdout}${stderr}`);
  return { result, stderr };
}

function usageOf(result: Record<string, unknown>) {
  const usage = isObject(result.usage) ? result.usage : {};
  const read = (name: string) => Number(usage[name] ?? 0);
  return {
    input: read('inputTokens'),
    cached: read('cachedInputTokens'),
    written: read('cacheWriteTokens'),
    cost: read('costUsd'),
  };
}

describe("Anthropic's prompt cache", () => {
  test('gives at least 90 % of the input of a run of 30 turns, and what was written is counted and priced', async () => {
    const server = await serve(reading(29), { apiKey: 'key-of-the-user' });
    const where = place({ providers: { anthropic: { baseUrl: server.url } } });
    const { result, stderr } = await run(['-p', 'Read them.', ...model], where);
    const { input, cached, written, cost } = usageOf(result);
    expect([result.outcome, result.steps, server.requests[0]?.path]).toEqual(['done', 30, '/v1/messages']);
    expect(result.cache).toMatchObject({ readTokens: cached, writtenTokens: written });
    expect(stderr).toContain(`(${cached} cached)`);
    expect(cached / input).toBeGreaterThan(0.9);
    expect(cached + written).toBeGreaterThan(input * 0.99);
    expect(cost).toBeLessThan((input * 2) / 1_000_000 / 2);
    expect(stderr).not.toMatch(/prompt cache/);
    expect(server.requests).toHaveLength(30);
  });

  test('holds when the session is resumed and when its approval mode changes', async () => {
    const server = await serve(Array.from({ length: 3 }).flatMap(() => reading(2)));
    const where = place({ providers: { anthropic: { baseUrl: server.url } } });
    const runs = [
      await run(['-p', 'Read them.', '--session', 's', ...model], where),
      await run(['-p', 'And again.', '--session', 's', ...model.slice(0, -1), 'plan'], where),
      await run(['-p', 'Once more.', '--session', 's', ...model], where),
    ];
    expect(server.requests).toHaveLength(9);
    const shares = runs
      .slice(1)
      .map(({ result }) => usageOf(result))
      .map(({ input, cached }) => cached / input);
    for (const share of shares) expect(share).toBeGreaterThan(0.85);
    for (const { stderr } of runs) expect(stderr).not.toMatch(/prompt cache/);
  });

  test('is read again after other models, over other APIs, have had their turn; nothing of one is refused by another', async () => {
    const look = { calls: [{ name: 'read', arguments: { path: 'long-1.txt' } }] };
    const server = await serve({
      rules: [{ replies: [{ ...look, reasoning: 'Hm.', text: 'I look.' }, { text: 'Done.' }], after: 'restart' }],
    });
    const provider = (api: string) => ({ baseUrl: server.url, api });
    const where = place({ providers: { a: provider('messages'), c: provider('chat'), r: provider('responses') } });
    const models = ['a/claude-opus-5-5', 'c/kimi-k2.6', 'r/gpt-5', 'a/claude-sonnet-5-5', 'a/claude-opus-5-5'];
    const runs = [];
    for (const name of models) {
      const words = ['-p', 'Go on.', '--session', 's', '--model', name, ...model.slice(2)];
      runs.push(await run(words, where));
    }
    expect(runs.map(({ result }) => result.outcome)).toEqual(models.map(() => 'done'));
    expect(server.requests).toHaveLength(2 * models.length);
    const [first, last] = [runs[0], runs.at(-1)].map((each) => usageOf(each?.result ?? {}));
    expect((last?.cached ?? 0) / (last?.input ?? 1)).toBeGreaterThan(0.75);
    expect(last?.cached).toBeGreaterThan(first?.cached ?? 0);
    expect(server.requests.at(-1)?.rawBody.match(/"type":"thinking"/g)).toHaveLength(2);
  });

  test('keeps tools and system prompt over a compaction, after which no thought is refused', async () => {
    const server = await serve({
      rules: [
        { when: { kind: 'agent' }, replies: reading(29) },
        {
          replies: [
            {
              text: 'GOAL: read. DONE: some. OPEN: the rest. FILES: none. DECISIONS: none. This stands in for a summary.',
            },
          ],
          after: 'repeat',
        },
      ],
    });
    const where = place({
      providers: { anthropic: { baseUrl: server.url } },
      contextWindow: 9_000,
      compaction: { keepSteps: 4 },
    });
    const { result, stderr } = await run(['-p', 'Read them.', ...model], where);
    expect(result.outcome).toBe('done');
    expect(stderr).not.toMatch(/can't use the prompt cache|rejected/);
    const agents = server.requests.filter(({ body }) => Array.isArray(body.tools));
    expect(agents).toHaveLength(30);
    expect(new Set(agents.map(({ body }) => JSON.stringify([body.tools, body.system]))).size).toBe(1);
    expect(agents.some(({ body }) => JSON.stringify(body.messages).includes('stands in for a summary'))).toBe(true);
  });
});
