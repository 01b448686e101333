import { describe, expect, it } from 'vitest';
import { isObject } from '../../src/core/text/json.ts';
import type { JsonObject, Reply, Trajectory } from '../../src/core/types.ts';
import type { ScriptedReply } from '../../src/demo/server/scenario.ts';
import { listModels } from '../../src/model/list-models.ts';
import type { ModelSettings } from '../../src/model/model-settings.ts';
import { openAsk, openModel } from '../../src/model/openai.ts';
import {
  callOf,
  listen,
  never,
  requestOf,
  resultOf,
  serve,
  settingsFor,
  stepOf,
  tools,
  trajectoryOf,
  userNote,
} from './support.ts';

const claude: Partial<ModelSettings> = { api: 'messages', name: 'claude-sonnet-5-5' };
const readCall = { calls: [{ name: 'read', arguments: { path: 'a.ts' } }] };
const png = `data:image/png;base64,${Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1').toString('base64')}`;

function messagesOf(body: JsonObject | undefined): JsonObject[] {
  return Array.isArray(body?.messages) ? body.messages.filter(isObject) : [];
}

/** One turn as the loop does it: ask, run the calls, record the step. */
async function turn(
  model: ReturnType<typeof openModel>,
  trajectory: Trajectory,
  text: string,
  output = 'text',
): Promise<Reply> {
  const notes = text === '' ? [] : [userNote(text)];
  const reply = await model.reply({ trajectory, notes, tools }, listen(), never);
  const results = reply.calls.map(({ id }) => resultOf(id, output));
  trajectory.steps.push(stepOf(trajectory.steps.length, { ...reply, notes, results }));
  return reply;
}

describe('the Messages API', () => {
  it('streams text, thoughts and calls, and says its usage', async () => {
    const server = await serve([
      { ...readCall, text: 'I look.', reasoning: 'Hm, so.', usage: { input: 100, cached: 60, written: 30, output: 9 } },
    ]);
    const heard = listen();
    const reply = await openModel(settingsFor(server, claude)).reply(requestOf(), heard, never);
    expect(reply).toMatchObject({
      text: 'I look.',
      reasoning: 'Hm, so.',
      finish: 'tool-calls',
      calls: [{ name: 'read', input: { path: 'a.ts' } }],
    });
    expect([heard.text, heard.reasoning]).toEqual(['I look.', 'Hm, so.']);
    expect(reply.usage).toMatchObject({
      inputTokens: 100,
      cachedInputTokens: 60,
      cacheWriteTokens: 30,
      outputTokens: 9,
    });
    // 10 at 2, 60 at 0.10, 30 at 2.50 and 9 at 10 dollars a million.
    expect(reply.usage.costUsd).toBeCloseTo((10 * 2 + 60 * 0.1 + 30 * 2.5 + 9 * 10) / 1_000_000, 12);
    expect(server.requests[0]?.headers).toMatchObject({
      'x-api-key': 'key-of-the-user',
      'anthropic-version': '2023-06-01',
    });
    expect(server.requests[0]?.headers.authorization).toBeUndefined();
  });

  it('reads an answer that comes whole', async () => {
    const whole = {
      type: 'message',
      id: 'm',
      content: [{ type: 'text', text: 'ok' }],
      stop_reason: 'end_turn',
      usage: { input_tokens: 5, output_tokens: 2 },
    };
    const body = JSON.stringify(whole);
    const server = await serve([{ fault: { kind: 'content-type', contentType: 'application/json', body } }]);
    const reply = await openModel(settingsFor(server, claude)).reply(requestOf(), listen(), never);
    expect(reply).toMatchObject({ text: 'ok', finish: 'stop', usage: { inputTokens: 5, outputTokens: 2 } });
  });

  it('gives thoughts back where and as they were signed', async () => {
    const server = await serve([
      { ...readCall, text: 'I look.', reasoning: 'Hm.' },
      { ...readCall, reasoning: 'So.' },
      { text: 'Done.' },
    ]);
    const model = openModel(settingsFor(server, claude));
    const trajectory = trajectoryOf();
    for (const text of ['Fix it.', '', '']) await turn(model, trajectory, text);
    const [, first, , second] = messagesOf(server.requests[2]?.body);
    expect(first?.content).toMatchObject([
      { type: 'thinking', thinking: 'Hm.', signature: expect.stringMatching(/^signed:/) },
      { type: 'text' },
      { type: 'tool_use' },
    ]);
    expect(second?.content).toMatchObject([{ type: 'thinking', thinking: 'So.' }, { type: 'tool_use' }]);
    expect(server.requests).toHaveLength(3);
  });

  it('leaves out thoughts that no longer fit what precedes them: after a compaction, of another model, after a refusal', async () => {
    const server = await serve({ rules: [{ replies: [{ ...readCall, reasoning: 'Hm.' }], after: 'repeat' }] });
    const model = openModel(settingsFor(server, claude));
    const trajectory = trajectoryOf();
    for (const text of ['Fix it.', '', '']) await turn(model, trajectory, text);
    trajectory.compactions.push({
      kind: 'summary',
      fromStep: 2,
      summary: 'It was begun.',
      tokensBefore: 9,
      tokensAfter: 5,
      atStep: 3,
    });
    for (let at = 0; at < 3; at += 1) await turn(model, trajectory, '');
    expect(server.requests).toHaveLength(6);
    expect(JSON.stringify(server.requests[5]?.body).match(/"thinking":"Hm\."/g)).toHaveLength(2);
    const resumed = trajectoryOf(trajectory.steps, {
      system: 'Another system prompt.',
      compactions: trajectory.compactions,
    });
    await turn(model, resumed, 'On.');
    expect(server.requests).toHaveLength(8);
    expect(JSON.stringify(server.requests[7]?.body)).not.toContain('"thinking":"Hm."');
    const other = openModel(settingsFor(server, { ...claude, name: 'claude-opus-5-5' }));
    await turn(other, resumed, 'On.');
    expect(JSON.stringify(server.requests.at(-1)?.body)).not.toContain('"thinking":"Hm."');
  });

  it('sends pictures and PDFs, errors of tools, ids in its characters, and nothing empty', async () => {
    const server = await serve([{ text: 'ok' }]);
    const step = stepOf(0, {
      notes: [userNote('Look.', { images: [png, 'data:application/pdf;base64,JVBERi0='] }), userNote('')],
      text: '  ',
      calls: [callOf('functions.read:0')],
      results: [{ ...resultOf('functions.read:0', ''), isError: true }],
    });
    await openModel(settingsFor(server, claude)).reply(
      requestOf('On.', { trajectory: trajectoryOf([step]) }),
      listen(),
      never,
    );
    expect(messagesOf(server.requests[0]?.body)).toMatchObject([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png' } },
          { type: 'document', source: { media_type: 'application/pdf', data: 'JVBERi0=' } },
          { type: 'text', text: 'Look.' },
        ],
      },
      { role: 'assistant', content: [{ type: 'tool_use', id: 'functions_read_0' }] },
      {
        role: 'user',
        content: [
          { type: 'tool_result', tool_use_id: 'functions_read_0', is_error: true, content: '(no output)' },
          { type: 'text' },
        ],
      },
    ]);
  });

  it.each([
    [
      'claude-opus-5-5',
      'high',
      { thinking: { type: 'adaptive', display: 'summarized' }, output_config: { effort: 'high' } },
    ],
    ['claude-sonnet-4-6', undefined, { thinking: { type: 'adaptive', display: 'summarized' } }],
    ['claude-haiku-4-5-20251001', 'medium', { thinking: { type: 'enabled', budget_tokens: 10_000 } }],
    [
      'claude-opus-4-5',
      'low',
      { thinking: { type: 'enabled', budget_tokens: 4000 }, output_config: { effort: 'low' } },
    ],
    ['claude-sonnet-4-20250514', undefined, {}],
    ['claude-sonnet-4-5', 'high', { thinking: { type: 'enabled', budget_tokens: 20_000 } }],
    ['claude-opus-5', 'none', { thinking: { type: 'disabled' } }],
    ['kimi-k2.6', 'high', {}],
  ])('asks %s for thought with effort %s as that model takes it', async (name, reasoningEffort, wanted) => {
    const server = await serve([{ text: 'ok' }]);
    const settings = settingsFor(server, { ...claude, name, ...(reasoningEffort ? { reasoningEffort } : {}) });
    await openModel(settings).reply(requestOf(), listen(), never);
    const { thinking, output_config } = server.requests[0]?.body ?? {};
    const sent = { ...(thinking ? { thinking } : {}), ...(output_config ? { output_config } : {}) };
    expect(sent).toMatchObject(wanted);
    expect(Object.keys(sent)).toEqual(
      Object.keys(wanted).length > 0 ? expect.arrayContaining(Object.keys(wanted)) : [],
    );
  });

  it('leaves room for the answer below a budget of thoughts', async () => {
    const server = await serve([{ text: 'ok' }, { text: 'ok' }]);
    const ask = (maxOutputTokens: number) =>
      openModel(
        settingsFor(server, { ...claude, name: 'claude-sonnet-4-5', reasoningEffort: 'high', maxOutputTokens }),
      ).reply(requestOf(), listen(), never);
    for (const most of [8_000, 2_500]) await ask(most);
    expect(server.requests.map(({ body }) => body.thinking)).toEqual([
      { type: 'enabled', budget_tokens: 5_952 },
      undefined,
    ]);
  });

  it.each([
    ['max_tokens', 'length'],
    ['model_context_window_exceeded', 'length'],
    ['refusal', 'content-filter'],
    ['stop_sequence', 'stop'],
  ])('takes the stop reason %s as %s', async (finish, wanted) => {
    const server = await serve([{ text: 'Half', finish }]);
    const reply = await openModel(settingsFor(server, claude)).reply(requestOf(), listen(), never);
    expect(reply.finish).toBe(wanted);
  });

  it('sends a paused answer back as it is, and goes on with it', async () => {
    const server = await serve([
      { text: 'One.', finish: 'pause_turn' },
      { ...readCall, text: 'Two.' },
    ]);
    const reply = await openModel(settingsFor(server, claude)).reply(requestOf(), listen(), never);
    expect(reply).toMatchObject({ text: 'One.\n\nTwo.', finish: 'tool-calls' });
    expect(messagesOf(server.requests[1]?.body).at(-1)).toEqual({
      role: 'assistant',
      content: [{ type: 'text', text: 'One.' }],
    });
  });

  it('asks for no more output than the model gives, once it was told', async () => {
    const server = await serve([{ text: 'ok' }, { text: 'ok' }]);
    const model = openModel(settingsFor(server, { ...claude, maxOutputTokens: 100_000 }));
    for (const _ of [1, 2]) await model.reply(requestOf(), listen(), never);
    expect(server.requests.map(({ body }) => body.max_tokens)).toEqual([100_000, 64_000, 64_000]);
  });

  it('answers questions by a schema, and in words where the server has none', async () => {
    const refusal: ScriptedReply = {
      fault: { kind: 'status', status: 400, message: 'output_config.format: Extra inputs are not permitted' },
    };
    const server = await serve([{ text: '{}' }, refusal, { text: '{}' }]);
    const question = {
      system: 'Judge.',
      user: 'This.',
      schema: { name: 'verdict', schema: { type: 'object' } },
      maxOutputTokens: 100,
    };
    const ask = openAsk(settingsFor(server, claude));
    for (const _ of [1, 2]) await ask(question, never);
    expect(server.requests.map(({ body }) => isObject(body.output_config))).toEqual([true, true, false]);
    expect(JSON.stringify(server.requests[2]?.body.system)).toContain('JSON schema');
  });

  it('lists its models', async () => {
    const server = await serve([], { models: ['claude-sonnet-5-5'], apiKey: 'key-of-the-user' });
    expect(await listModels(settingsFor(server, claude), never)).toEqual([{ name: 'claude-sonnet-5-5' }]);
  });

  it('takes a base URL without its version', async () => {
    const server = await serve([{ text: 'ok' }]);
    const settings = settingsFor({ url: server.url.replace(/\/v1$/, '') }, claude);
    await openModel(settings).reply(requestOf(), listen(), never);
    expect(server.requests[0]?.path).toBe('/v1/messages');
  });

  it.each([
    [{ kind: 'error-event', message: 'Overloaded', code: 'overloaded_error' } as const, /Overloaded/],
    [{ kind: 'status', status: 529, message: 'Overloaded' } as const, /529/],
    [{ kind: 'no-finish', at: 'midway' } as const, /without a finish reason/],
  ])('is asked again after %o', async (fault, reason) => {
    const server = await serve([{ text: 'An answer of a few words.', fault }, { text: 'ok' }]);
    const heard = listen();
    expect((await openModel(settingsFor(server, claude)).reply(requestOf(), heard, never)).text).toBe('ok');
    expect(heard.retries[0]?.reason).toMatch(reason);
  });
});

describe('the prompt cache', () => {
  const long = 'A line of the system prompt that is long enough to be worth caching.\n'.repeat(120);
  /** 30 turns; every fifth brings thirty blocks, more than the API looks back over. */
  const script = (count: number): ScriptedReply[] =>
    Array.from({ length: count }, (_, at) => ({
      ...(at % 3 === 0 ? { reasoning: 'Hm.' } : {}),
      calls: Array.from({ length: at % 5 === 4 ? 15 : 1 }, (_, index) => ({
        name: 'read',
        arguments: { path: `${at}-${index}.ts` },
      })),
    }));

  async function work(settings: Partial<ModelSettings>, turns = 30) {
    const server = await serve(script(turns));
    const model = openModel(settingsFor(server, settings));
    const trajectory = trajectoryOf([], { system: long });
    const sums = { input: 0, cached: 0, written: 0 };
    for (let at = 0; at < turns; at += 1) {
      const { usage } = await turn(
        model,
        trajectory,
        at % 4 === 0 ? `Message ${at}.` : '',
        'A line of output.\n'.repeat(10),
      );
      sums.input += usage.inputTokens;
      sums.cached += usage.cachedInputTokens;
      sums.written += usage.cacheWriteTokens ?? 0;
    }
    return { server, ...sums };
  }

  it.each([
    ["Anthropic's API", { ...claude, name: 'claude-sonnet-5-5' }],
    ['OpenRouter', { api: 'chat', name: 'anthropic/claude-sonnet-5.5', quirks: { cacheControl: true } }],
  ] as const)('gives at least 90 %% of the input of 30 turns by %s', async (_, settings) => {
    const { server, input, cached, written } = await work(settings);
    expect(server.requests).toHaveLength(30);
    expect(cached / input).toBeGreaterThan(0.9);
    expect(cached + written).toBeGreaterThan(input * 0.99);
  });

  it('has breakpoints at the end of the tools, the system prompt, this request and the one before, and nowhere else', async () => {
    const { server } = await work(claude, 3);
    const body = server.requests[2]?.body ?? {};
    const count = (value: unknown) => (JSON.stringify(value).match(/"cache_control"/g) ?? []).length;
    expect([count(body.tools), count(body.system), count(body.messages)]).toEqual([1, 1, 2]);
    expect(messagesOf(body).map((message) => count(message))).toEqual([0, 0, 1, 0, 1]);
  });

  it('is missed by a client without breakpoints, so that the figure above means something', async () => {
    const { input, cached } = await work({ api: 'messages', name: 'claude-sonnet-5-5', quirks: {} }, 2);
    expect(cached).toBeGreaterThan(0);
    const server = await serve(script(2));
    const body = { model: 'm', max_tokens: 9, system: long, messages: [{ role: 'user', content: 'Hi.' }] };
    const ask = async () =>
      (await fetch(`${server.url}/messages`, { method: 'POST', body: JSON.stringify(body) })).json();
    await ask();
    expect((await ask()).usage.cache_read_input_tokens).toBe(0);
    expect(input).toBeGreaterThan(0);
  });
});
