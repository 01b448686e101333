import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load-config.ts';
import { isObject, parseJson } from '../../src/core/text/json.ts';
import type { JsonObject, Reply, Step, Trajectory } from '../../src/core/types.ts';
import { openAsk, openModel } from '../../src/model/openai.ts';
import { findContextWindow } from '../../src/providers/find-window.ts';
import { resolveModels } from '../../src/providers/resolve-models.ts';

let home: string;
let server: Server | undefined;
let bodies: JsonObject[];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'wink-dialects-'));
  bodies = [];
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  rmSync(home, { recursive: true, force: true });
});

type Dialect = {
  /** Fields that the server refuses with 422, as its documentation says. */
  readonly refused?: readonly string[];
  readonly chunks?: readonly JsonObject[];
  readonly json?: Readonly<Record<string, JsonObject>>;
};

async function serve({ refused = [], chunks = [], json = {} }: Dialect): Promise<string> {
  const made = createServer((request, response) => {
    let text = '';
    request.on('data', (data: Buffer) => (text += data.toString()));
    request.on('end', () => {
      const known = json[request.url ?? ''];
      if (known !== undefined)
        return response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(known));
      const body = parseJson(text);
      if (!isObject(body)) return response.writeHead(404).end();
      bodies.push(body);
      const extra = refused.find((field) => field in body);
      if (extra !== undefined) {
        const detail = [{ type: 'extra_forbidden', loc: ['body', extra], msg: 'Extra inputs are not permitted' }];
        return response
          .writeHead(422, { 'content-type': 'application/json' })
          .end(JSON.stringify({ object: 'error', message: { detail }, type: 'invalid_request_error' }));
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const chunk of chunks) response.write(`data: ${JSON.stringify(chunk)}\n\n`);
      response.end('data: [DONE]\n\n');
    });
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const address = made.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
}

async function settingsOf(model: string, url: string, env: Record<string, string> = {}) {
  const provider = model.slice(0, model.indexOf('/'));
  writeFileSync(
    join(home, 'config.json'),
    JSON.stringify({ model, reasoningEffort: 'high', providers: { [provider]: { baseUrl: `${url}/v1` } } }),
  );
  const { config, origins } = await loadConfig({ env, cwd: home, home, flags: {}, isTrusted: () => true });
  const models = await resolveModels({ config, origins, env, home });
  if (models === undefined) throw new Error('no model');
  return models.main;
}

const tools = [
  { name: 'read', description: 'Reads.', parameters: { type: 'object', properties: { path: { type: 'string' } } } },
];
const trajectory: Trajectory = { session: 's', cwd: '/', system: 'You are.', steps: [], compactions: [] };
const quiet = { onText: () => undefined, onReasoning: () => undefined, onRetry: () => undefined };
const { signal } = new AbortController();

async function ask(model: string, dialect: Dialect, env?: Record<string, string>): Promise<Reply> {
  const settings = await settingsOf(model, await serve(dialect), env);
  return openModel(settings).reply({ trajectory, notes: [{ from: 'user', text: 'hi', at: '' }], tools }, quiet, signal);
}

const delta = (fields: JsonObject, finish: string | null = null) => ({
  id: 'x',
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: fields, finish_reason: finish }],
});
const call = (fields: JsonObject) => ({ tool_calls: [{ index: 0, ...fields }] });

test('Ollama: reasoning in its own field, a whole call in one piece, usage in a last chunk without choices', async () => {
  const reply = await ask('ollama/qwen3', {
    chunks: [
      delta({ role: 'assistant', content: '', reasoning: 'Let me read.' }),
      delta({
        role: 'assistant',
        content: '',
        ...call({ id: 'call_1', type: 'function', function: { name: 'read', arguments: '{"path":"a.ts"}' } }),
      }),
      delta({ role: 'assistant', content: '' }, 'tool_calls'),
      { ...delta({}), choices: [], usage: { prompt_tokens: 40, completion_tokens: 8, total_tokens: 48 } },
    ],
  });
  expect(reply).toMatchObject({
    reasoning: 'Let me read.',
    calls: [{ id: 'call_1', name: 'read', input: { path: 'a.ts' } }],
    usage: { inputTokens: 40, outputTokens: 8 },
    finish: 'tool-calls',
  });
  expect(bodies[0]).toMatchObject({
    model: 'qwen3',
    reasoning_effort: 'high',
    stream_options: { include_usage: true },
  });
  expect(bodies[0]).not.toHaveProperty('max_completion_tokens');
});

test('llama.cpp: reasoning_content, a call in fragments, usage and timings with the last chunk', async () => {
  const reply = await ask('llamacpp/any', {
    chunks: [
      delta({ role: 'assistant', content: null }),
      delta({ reasoning_content: 'Hm.' }),
      delta(call({ id: 'a1', type: 'function', function: { name: 'read', arguments: '' } })),
      delta(call({ function: { arguments: '{"pa' } })),
      delta(call({ function: { arguments: 'th":"b.ts"}' } })),
      delta({}, 'tool_calls'),
      {
        ...delta({}),
        choices: [],
        usage: { prompt_tokens: 30, completion_tokens: 9, total_tokens: 39 },
        timings: { prompt_n: 30, predicted_n: 9 },
      },
    ],
  });
  expect(reply).toMatchObject({
    reasoning: 'Hm.',
    calls: [{ id: 'a1', name: 'read', input: { path: 'b.ts' } }],
    usage: { inputTokens: 30 },
  });
  expect(bodies[0]).not.toHaveProperty('reasoning_effort');
});

test('vLLM: names with slashes stay whole, finish_reason stop with calls is a call, window from the list of models', async () => {
  const url = await serve({
    chunks: [
      delta({ role: 'assistant', content: '' }),
      delta(
        call({ id: 'chatcmpl-tool-1', type: 'function', function: { name: 'read', arguments: '{"path":"c.ts"}' } }),
      ),
      delta({ content: '' }, 'stop'),
    ],
    json: {
      '/v1/models': { object: 'list', data: [{ id: 'Qwen/Qwen3-Coder-30B', object: 'model', max_model_len: 65536 }] },
    },
  });
  const settings = await settingsOf('vllm/Qwen/Qwen3-Coder-30B', url);
  const reply = await openModel(settings).reply({ trajectory, notes: [], tools }, quiet, signal);
  expect(reply.calls).toMatchObject([{ name: 'read', input: { path: 'c.ts' } }]);
  expect(bodies[0]).toMatchObject({ model: 'Qwen/Qwen3-Coder-30B' });
  expect(await findContextWindow(settings, signal)).toBe(65536);
});

test('LM Studio: a call printed as text by a model without a template for tools is recognised', async () => {
  const reply = await ask('lmstudio/small', {
    chunks: [
      delta({
        role: 'assistant',
        content: '<tool_call>\n{"name": "read", "arguments": {"path": "d.ts"}}\n</tool_call>',
      }),
      delta({}, 'stop'),
    ],
  });
  expect(reply.calls).toMatchObject([{ name: 'read', input: { path: 'd.ts' } }]);
});

test('Ollama’s window is what it gave to the loaded model', async () => {
  const url = await serve({
    json: { '/api/ps': { models: [{ name: 'qwen3:latest', model: 'qwen3:latest', context_length: 16384 }] } },
  });
  expect(await findContextWindow(await settingsOf('ollama/qwen3', url), signal)).toBe(16384);
});

test('LM Studio’s window is what the model was loaded with, else what it could do', async () => {
  const data = [
    { id: 'loaded', state: 'loaded', max_context_length: 131072, loaded_context_length: 8192 },
    { id: 'waiting', state: 'not-loaded', max_context_length: 32768 },
  ];
  const url = await serve({ json: { '/api/v0/models': { object: 'list', data } } });
  expect(await findContextWindow(await settingsOf('lmstudio/loaded', url), signal)).toBe(8192);
  expect(await findContextWindow(await settingsOf('lmstudio/waiting', url), signal)).toBe(32768);
});

test('llama.cpp’s window is that of a slot, not what the model was trained with', async () => {
  const url = await serve({
    json: {
      '/props?model=any': { default_generation_settings: { id: 0, n_ctx: 16384 }, total_slots: 2 },
      '/v1/models': { object: 'list', data: [{ id: 'any', meta: { n_ctx_train: 131072 } }] },
    },
  });
  expect(await findContextWindow(await settingsOf('llamacpp/any', url), signal)).toBe(16384);
});

test.each(['mistral/devstral-latest', 'vllm/mistralai/Devstral-Small-2'])(
  '%s never sees a user’s message straight after a tool’s result, nor call ids of another maker',
  async (name) => {
    const url = await serve({ chunks: [delta({ content: 'ok' }), delta({}, 'stop')] });
    const opened = openModel(await settingsOf(name, url, { MISTRAL_API_KEY: 'k' }));
    const note = { from: 'user', text: 'hi', at: '' } as const;
    const step = {
      type: 'step',
      index: 0,
      at: '',
      notes: [note],
      text: '',
      calls: [
        { id: 'call_of_another_maker', name: 'read', input: {} },
        { id: 'abcDEF123', name: 'read', input: {} },
      ],
      results: [],
      usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: null },
      ms: 0,
      finish: 'tool-calls',
    } as const;
    const steps: Step[] = [step];
    const grown = { ...trajectory, steps };
    const reminders = [
      { from: 'observer', text: 'Look again.', at: '' },
      { from: 'user', text: 'And be quick.', at: '' },
    ] as const;
    await opened.reply({ trajectory: grown, notes: [...reminders], tools }, quiet, signal);
    steps.push({ ...step, index: 1, notes: reminders, calls: [], text: 'I did.', finish: 'stop' });
    await opened.reply({ trajectory: grown, notes: [note], tools }, quiet, signal);

    const [first, second] = bodies.map(({ messages }) => (Array.isArray(messages) ? messages : []));
    expect(first?.map(({ role }) => role)).toEqual([
      'system',
      'user',
      'assistant',
      'tool',
      'tool',
      'assistant',
      'user',
    ]);
    expect(first?.at(-1).content).toContain('Look again.');
    expect(first?.at(-1).content).toContain('And be quick.');
    const ids = first?.[2].tool_calls.map(({ id }: { id: string }) => id);
    expect(ids).toEqual([expect.stringMatching(/^[a-z0-9]{9}$/), 'abcDEF123']);
    expect(first?.slice(3, 5).map((message) => message.tool_call_id)).toEqual(ids);
    expect(second?.slice(0, first?.length)).toEqual(first);
    expect(second?.slice(first?.length).map(({ role }) => role)).toEqual(['assistant', 'user']);
  },
);

test('Mistral refuses what it does not know with 422, and is not sent it', async () => {
  const reply = await ask(
    'mistral/devstral',
    {
      refused: ['stream_options', 'max_completion_tokens', 'reasoning_effort', 'prompt_cache_key', 'store'],
      chunks: [
        delta({ role: 'assistant', content: 'ok' }),
        { ...delta({ content: '' }, 'stop'), usage: { prompt_tokens: 12, completion_tokens: 1, total_tokens: 13 } },
      ],
    },
    { MISTRAL_API_KEY: 'k' },
  );
  expect(bodies).toHaveLength(1);
  expect(reply).toMatchObject({ text: 'ok', usage: { inputTokens: 12, outputTokens: 1 } });
});

test('where json_schema is not known the schema is put in words', async () => {
  const url = await serve({
    refused: ['response_format'],
    chunks: [delta({ role: 'assistant', content: '{"a":1}' }), delta({}, 'stop')],
  });
  const settings = await settingsOf('groq/any', url, { GROQ_API_KEY: 'k' });
  const question = {
    system: 's',
    user: 'u',
    maxOutputTokens: 50,
    schema: { name: 'answer', schema: { type: 'object', properties: { a: { type: 'number' } } } },
  };
  expect((await openAsk(settings)(question, signal)).text).toBe('{"a":1}');
  expect(bodies).toHaveLength(1);
  expect(JSON.stringify(bodies[0])).toContain('\\"a\\"');
});

test('DeepSeek gets its reasoning back with the calls that it made', async () => {
  const url = await serve({ chunks: [delta({ content: 'ok' }), delta({}, 'stop')] });
  const settings = await settingsOf('deepseek/deepseek-flash', url, { DEEPSEEK_API_KEY: 'k' });
  const step = {
    type: 'step',
    index: 0,
    at: '',
    notes: [],
    text: '',
    reasoning: 'I think.',
    calls: [{ id: 'c', name: 'read', input: {} }],
    results: [],
    usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: null },
    ms: 0,
    finish: 'tool-calls',
  } as const;
  await openModel(settings).reply({ trajectory: { ...trajectory, steps: [step] }, notes: [], tools }, quiet, signal);
  expect(bodies[0]?.messages).toContainEqual(
    expect.objectContaining({ role: 'assistant', reasoning_content: 'I think.' }),
  );
});
