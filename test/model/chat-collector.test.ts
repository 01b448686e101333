import { describe, expect, it } from 'vitest';
import { createChatCollector } from '../../src/model/answer/chat-collector.ts';
import { openModel } from '../../src/model/openai.ts';
import { listen, never, requestOf, resultOf, serve, settingsFor, stepOf, trajectoryOf } from './support.ts';

type Delta = Record<string, unknown>;

/** Feeds chunks with these deltas, as a server of another make might send them. */
function collect(deltas: readonly Delta[], finish = 'stop') {
  const heard = listen();
  const collector = createChatCollector(heard, 'chat:m');
  for (const delta of deltas)
    collector.take({ event: undefined, data: JSON.stringify({ choices: [{ index: 0, delta }] }) });
  collector.take({
    event: undefined,
    data: JSON.stringify({ choices: [{ index: 0, delta: {}, finish_reason: finish }] }),
  });
  return { ...collector.collected(), heard };
}

const call = (index: number | undefined, id: string | undefined, name: string | undefined, args: unknown) => ({
  tool_calls: [
    {
      ...(index === undefined ? {} : { index }),
      ...(id === undefined ? {} : { id }),
      function: { ...(name === undefined ? {} : { name }), arguments: args },
    },
  ],
});

describe('Chat Completions', () => {
  it('streams text and reasoning and assembles a call from its fragments', async () => {
    const reply = {
      text: 'I read the file.',
      reasoning: 'Where is it?',
      calls: [{ name: 'read', arguments: { path: 'src/naïve-ü.ts' } }],
      fragmentLength: 3,
      usage: { input: 100, cached: 80, output: 7 },
    };
    const server = await serve([reply]);
    const heard = listen();
    const got = await openModel(settingsFor(server)).reply(requestOf(), heard, never);
    expect(heard.text).toBe('I read the file.');
    expect(heard.reasoning).toBe('Where is it?');
    expect(got).toMatchObject({ text: 'I read the file.', reasoning: 'Where is it?', finish: 'tool-calls' });
    expect(got.calls).toEqual([
      { id: expect.stringMatching(/^call_/), name: 'read', input: { path: 'src/naïve-ü.ts' } },
    ]);
    expect(got.usage).toEqual({ inputTokens: 100, cachedInputTokens: 80, outputTokens: 7, costUsd: null });
  });

  it('sends the system prompt first, the notes as user messages, and the tools without their aliases', async () => {
    const server = await serve([{ text: 'ok' }]);
    await openModel(settingsFor(server, { maxOutputTokens: 500, reasoningEffort: 'low' })).reply(
      requestOf('Fix it.'),
      listen(),
      never,
    );
    expect(server.requests[0]?.body).toMatchObject({
      model: 'scripted',
      stream: true,
      stream_options: { include_usage: true },
      max_tokens: 500,
      reasoning_effort: 'low',
      messages: [
        { role: 'system', content: 'You are an agent.' },
        { role: 'user', content: 'Fix it.' },
      ],
    });
    expect(server.requests[0]?.rawBody).not.toContain('aliases');
  });

  it('asks again over the same connection, also at once', async () => {
    const server = await serve([{ text: 'ok', times: 5 }]);
    const model = openModel(settingsFor(server));
    for (let turn = 0; turn < 5; turn += 1) await model.reply(requestOf(), listen(), never);
    expect(server.connectionCount()).toBe(1);
  });

  it('gives fresh ids to calls of a server that numbers them anew in each answer', async () => {
    const reply = { calls: [{ name: 'read', arguments: { path: 'a.ts' }, id: 'call_0' }], times: 2 };
    const server = await serve([reply]);
    const model = openModel(settingsFor(server));
    const trajectory = trajectoryOf();
    const ids = [];
    for (let index = 0; index < 2; index += 1) {
      const { calls } = await model.reply(requestOf('Go on.', { trajectory }), listen(), never);
      trajectory.steps.push(stepOf(index, { calls, results: [resultOf(calls[0]?.id ?? '', 'x')] }));
      ids.push(calls[0]?.id);
    }
    expect(ids[0]).toBe('call_0');
    expect(ids[1]).not.toBe('call_0');
  });

  it('estimates the usage when the server tells none', async () => {
    const server = await serve([{ text: 'four words of text' }]);
    const got = await openModel(settingsFor(server, { quirks: { streamUsage: false } })).reply(
      requestOf(),
      listen(),
      never,
    );
    expect(server.requests[0]?.body.stream_options).toBeUndefined();
    expect(got.usage.outputTokens).toBe(5);
    expect(got.usage.inputTokens).toBeGreaterThan(20);
  });

  it('knows the cost of a model whose price the user gave', async () => {
    const server = await serve([{ text: 'ok', usage: { input: 1000, cached: 500, output: 100 } }]);
    const prices = { scripted: { input: 2, cachedInput: 1, output: 10 } };
    const got = await openModel(settingsFor(server, { prices })).reply(requestOf(), listen(), never);
    expect(got.usage.costUsd).toBeCloseTo(0.0025, 10);
  });

  it('tells apart calls that all carry the index 0', () => {
    const { calls } = collect([call(0, 'a', 'read', '{"path":"a"}'), call(0, 'b', 'read', '{"path":"b"}')]);
    expect(calls.map(({ id, arguments: text }) => [id, text])).toEqual([
      ['a', '{"path":"a"}'],
      ['b', '{"path":"b"}'],
    ]);
  });

  it('tells apart calls without index, and joins their fragments', () => {
    const { calls } = collect([
      call(undefined, 'a', 'read', '{"pa'),
      call(undefined, undefined, undefined, 'th":"a"}'),
      call(undefined, 'b', 'edit', '{}'),
    ]);
    expect(calls).toEqual([
      { id: 'a', name: 'read', arguments: '{"path":"a"}' },
      { id: 'b', name: 'edit', arguments: '{}' },
    ]);
  });

  it('takes interleaved fragments of parallel calls by their index', () => {
    const { calls } = collect([
      call(0, 'a', 'read', '{"x"'),
      call(1, 'b', 'edit', '{"y"'),
      call(0, undefined, undefined, ':1}'),
      call(1, undefined, undefined, ':2}'),
    ]);
    expect(calls.map((made) => made.arguments)).toEqual(['{"x":1}', '{"y":2}']);
  });

  it('takes a name that is repeated in each fragment, and arguments that are an object', () => {
    const { calls } = collect([
      call(0, 'a', 'read', '{"p":'),
      call(0, 'a', 'read', '1}'),
      call(1, 'b', 'edit', { path: 'a' }),
    ]);
    expect(calls.map(({ name, arguments: text }) => [name, text])).toEqual([
      ['read', '{"p":1}'],
      ['edit', '{"path":"a"}'],
    ]);
  });

  it('takes reasoning from the fields of other servers', () => {
    expect(collect([{ reasoning: 'a' }, { reasoning_content: 'b' }, { content: 'c' }])).toMatchObject({
      reasoning: 'ab',
      text: 'c',
    });
  });

  it('takes reasoning between think tags at the start, wherever they are cut', () => {
    const deltas = ['<th', 'ink>', 'I wonder', '</thi', 'nk>\n\n', 'Done <think> no'].map((content) => ({ content }));
    expect(collect(deltas)).toMatchObject({ reasoning: 'I wonder', text: 'Done <think> no' });
    expect(collect([{ content: '<' }, { content: 'b>' }])).toMatchObject({ reasoning: '', text: '<b>' });
  });

  it('takes content that comes in parts', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'yes' },
    ];
    expect(collect([{ content }])).toMatchObject({ reasoning: 'hm', text: 'yes' });
  });

  it('keeps what a provider wants back with its calls', () => {
    const signed = {
      tool_calls: [
        {
          index: 0,
          id: 'a',
          function: { name: 'read', arguments: '{}' },
          extra_content: { google: { thought_signature: 's' } },
        },
      ],
    };
    expect(collect([signed]).carry).toEqual([
      {
        origin: 'chat:m',
        item: { type: 'call_extra', index: 0, extra_content: { google: { thought_signature: 's' } } },
      },
    ]);
  });

  it('takes a whole completion from a server that does not stream', async () => {
    const whole = {
      choices: [
        {
          message: { content: 'ok', tool_calls: [{ id: 'a', function: { name: 'read', arguments: '{}' } }] },
          finish_reason: 'tool_calls',
        },
      ],
      usage: { prompt_tokens: 5, completion_tokens: 2 },
    };
    const server = await serve([
      { fault: { kind: 'content-type', contentType: 'application/json', body: JSON.stringify(whole) } },
    ]);
    const heard = listen();
    const got = await openModel(settingsFor(server)).reply(requestOf(), heard, never);
    expect(got).toMatchObject({ text: 'ok', finish: 'tool-calls', usage: { inputTokens: 5, outputTokens: 2 } });
    expect(heard.text).toBe('ok');
  });

  it('recognises a call that was printed as text, and tells the model', async () => {
    const server = await serve([{ text: '<tool_call>{"name":"read","arguments":{"path":"a.ts"}}</tool_call>' }]);
    const got = await openModel(settingsFor(server)).reply(requestOf(), listen(), never);
    expect(got).toMatchObject({
      text: '',
      finish: 'tool-calls',
      calls: [{ name: 'read', input: { path: 'a.ts' } }],
    });
    expect(got.calls[0]?.repaired).toMatch(/printed as text/);
  });

  it('does not look for printed calls beside a real one', async () => {
    const text = '<tool_call>{"name":"edit","arguments":{}}</tool_call>';
    const server = await serve([{ text, calls: [{ name: 'read', arguments: { path: 'a.ts' } }] }]);
    const got = await openModel(settingsFor(server)).reply(requestOf(), listen(), never);
    expect(got.calls.map(({ name }) => name)).toEqual(['read']);
    expect(got.text).toBe(text);
  });
});
