import { describe, expect, it } from 'vitest';
import { ModelError } from '../../src/core/errors.ts';
import type { Fault, ScriptedReply } from '../../src/demo/server/scenario.ts';
import { openModel } from '../../src/model/openai.ts';
import { listen, never, requestOf, serve, settingsFor } from './support.ts';

const text = 'The first half of the answer and then the second half of it.';
const apis = ['chat', 'responses'] as const;

const passing: readonly [string, Fault, { shown?: boolean; reason: RegExp }][] = [
  ['429 without Retry-After', { kind: 'status', status: 429 }, { reason: /limiting the rate/ }],
  ['429 with retry-after-ms', { kind: 'status', status: 429, headers: { 'retry-after-ms': '20' } }, { reason: /429/ }],
  ['500', { kind: 'status', status: 500, message: 'Overloaded.' }, { reason: /status 500: Overloaded/ }],
  [
    '503 of a server that loads its model',
    { kind: 'status', status: 503, message: 'Loading model' },
    { reason: /Loading model/ },
  ],
  ['408', { kind: 'status', status: 408 }, { reason: /408/ }],
  ['409', { kind: 'status', status: 409 }, { reason: /409/ }],
  ['502 with an HTML page', { kind: 'html', status: 502 }, { reason: /502: Bad gateway/ }],
  ['a connection reset before the answer', { kind: 'reset', at: 'before' }, { reason: /connection/ }],
  ['a connection reset after the first byte', { kind: 'reset', at: 'first-byte' }, { reason: /connection/ }],
  ['a connection reset midway', { kind: 'reset', at: 'midway' }, { shown: true, reason: /connection/ }],
  ['a clean end midway', { kind: 'no-finish', at: 'midway' }, { shown: true, reason: /without a finish reason/ }],
  ['a clean end without a finish reason', { kind: 'no-finish' }, { shown: true, reason: /without a finish reason/ }],
  ['JSON that is truncated', { kind: 'truncated-json' }, { shown: true, reason: /not JSON/ }],
  [
    'an error told in the stream',
    { kind: 'error-event', message: 'Upstream is gone', code: 502 },
    { shown: true, reason: /Upstream is gone/ },
  ],
  ['silence before the answer', { kind: 'silence', at: 'before' }, { reason: /no answer began/ }],
  ['silence midway', { kind: 'silence', at: 'midway' }, { shown: true, reason: /fell silent/ }],
];

const final: readonly [string, Fault, ModelError['kind'], RegExp][] = [
  [
    '401',
    { kind: 'status', status: 401, message: 'Incorrect API key provided.' },
    'auth',
    /refused the API key.*doctor/,
  ],
  ['403', { kind: 'status', status: 403, message: 'Not for you.' }, 'auth', /forbids.*Not for you.*--model/],
  ['402', { kind: 'status', status: 402 }, 'auth', /no credit left/],
  [
    '404',
    { kind: 'status', status: 404, message: 'No such model.' },
    'not-found',
    /no model scripted.*--model and --base-url/,
  ],
  ['a quota that is used up', { kind: 'status', status: 429, code: 'insufficient_quota' }, 'auth', /no credit left/],
  [
    'a conversation that is too long',
    {
      kind: 'status',
      status: 400,
      code: 'context_length_exceeded',
      message: "This model's maximum context length is 8192 tokens.",
    },
    'context-length',
    /\/compact/,
  ],
  [
    'one that llama.cpp finds too long',
    { kind: 'status', status: 400, message: 'the request exceeds the available context size' },
    'context-length',
    /\/compact/,
  ],
  ['a body that is too large', { kind: 'status', status: 413 }, 'context-length', /\/compact/],
  [
    'a request that makes no sense',
    { kind: 'status', status: 400, message: 'Unknown role.' },
    'bad-request',
    /rejected the request \(400: Unknown role/,
  ],
  ['an HTML page', { kind: 'html' }, 'protocol', /HTML page instead.*--base-url/],
  ['another content type', { kind: 'content-type', contentType: 'text/plain' }, 'protocol', /text\/plain instead/],
  [
    'a redirect to another host',
    { kind: 'redirect', location: 'http://127.0.0.2:9/v1/chat/completions' },
    'protocol',
    /redirects to http:\/\/127\.0\.0\.2:9, and the key is not sent/,
  ],
  [
    'an error in the stream that can not pass',
    { kind: 'error-event', message: 'context_length_exceeded', code: 'context_length_exceeded' },
    'context-length',
    /\/compact/,
  ],
];

describe.each(apis)('a fault that may pass (%s)', (api) => {
  it.each(passing)('%s: is reported, asked again, and shown once', async (_, fault, { shown, reason }) => {
    const server = await serve([{ text, fault }, { text }]);
    const heard = listen();
    const patience = fault.kind === 'silence' ? { idleTimeoutSeconds: 1, firstByteTimeoutSeconds: 1 } : {};
    const settings = settingsFor(server, { api, ...patience });
    const reply = await openModel(settings).reply(requestOf(), heard, never);
    expect(reply.text).toBe(text);
    expect(heard.shown).toBe(text);
    expect(heard.retries).toHaveLength(1);
    expect(heard.retries[0]).toMatchObject({
      attempt: 1,
      discard: shown ?? false,
      reason: expect.stringMatching(reason),
    });
    expect(server.requests[1]?.rawBody).toBe(server.requests[0]?.rawBody);
  });
});

describe.each(apis)('a fault that can not pass (%s)', (api) => {
  it.each(final)('%s: ends with a sentence that says what to do', async (_, fault, kind, words) => {
    const server = await serve([{ text, fault }, { text }]);
    const heard = listen();
    const error = await openModel(settingsFor(server, { api }))
      .reply(requestOf(), heard, never)
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ModelError);
    expect(error).toMatchObject({ kind, message: expect.stringMatching(words) });
    expect(JSON.stringify(error) + String(error)).not.toContain('key-of-the-user');
    expect([heard.retries, server.requests.length]).toEqual([[], 1]);
  });
});

const harmless: readonly [string, ScriptedReply, RegExp | string][] = [
  ['a stream without [DONE]', { text, fault: { kind: 'no-done' } }, text],
  ['a connection reset after the finish reason', { text, fault: { kind: 'reset', at: 'end' } }, text],
  ['invalid UTF-8', { text, fault: { kind: 'invalid-utf8' } }, /\ufffd/],
  ['a first byte that is late', { text, firstByteDelayMs: 60 }, text],
  ['a pause midway', { text, midwayDelayMs: 60 }, text],
];

describe('a key that is refused midway', () => {
  it('ends the session there and leaves what was done', async () => {
    const server = await serve([{ text }, { fault: { kind: 'status', status: 401, message: 'Key revoked.' } }]);
    const model = openModel(settingsFor(server));
    const first = await model.reply(requestOf(), listen(), never);
    expect(first.text).toBe(text);
    await expect(model.reply(requestOf(), listen(), never)).rejects.toMatchObject({
      kind: 'auth',
      message: expect.stringMatching(/Key revoked/),
    });
  });
});

describe.each(apis)('something odd (%s)', (api) => {
  it.each(harmless)('%s: is taken as it is', async (_, reply, wanted) => {
    const server = await serve([reply]);
    const heard = listen();
    const got = await openModel(settingsFor(server, { api })).reply(requestOf(), heard, never);
    if (typeof wanted === 'string') expect(got.text).toBe(wanted);
    else expect(got.text).toMatch(wanted);
    expect(heard.retries).toEqual([]);
  });

  it('a stream that the server leaves open after its end costs a moment and no retry', async () => {
    const server = await serve([{ text, fault: { kind: 'open-end' } }]);
    const heard = listen();
    const got = await openModel(settingsFor(server, { api })).reply(requestOf(), heard, never);
    expect([got.text, heard.retries]).toEqual([text, []]);
  });

  it('calls with duplicate ids get ids of their own', async () => {
    const calls = ['a.ts', 'b.ts'].map((path) => ({ name: 'read', arguments: { path } }));
    const server = await serve([{ calls, fault: { kind: 'duplicate-ids' } }]);
    const got = await openModel(settingsFor(server, { api })).reply(requestOf(), listen(), never);
    expect(new Set(got.calls.map(({ id }) => id)).size).toBe(2);
    expect(got.calls.map(({ input }) => input.path)).toEqual(['a.ts', 'b.ts']);
  });

  it('text beside a broken call is kept, and the call says what is wrong with it', async () => {
    const server = await serve([
      { text: 'I edit.', calls: [{ name: 'edit', arguments: '{"path":"a.ts","edits":"cut of' }] },
    ]);
    const got = await openModel(settingsFor(server, { api })).reply(requestOf(), listen(), never);
    expect(got).toMatchObject({ text: 'I edit.', finish: 'tool-calls' });
    expect(got.calls[0]).toMatchObject({
      name: 'edit',
      input: {},
      rawInput: '{"path":"a.ts","edits":"cut of',
      problem: expect.stringMatching(/not valid JSON/),
    });
  });

  it('an empty reply is given on as empty', async () => {
    const server = await serve([{ usage: { input: 5, output: 0 } }]);
    const got = await openModel(settingsFor(server, { api })).reply(requestOf(), listen(), never);
    expect(got).toMatchObject({ text: '', calls: [], finish: 'stop' });
  });

  it('an answer of 100 MB is cut as if at the length limit', async () => {
    const server = await serve([{ fault: { kind: 'huge', megabytes: 100 } }]);
    const got = await openModel(settingsFor(server, { api })).reply(
      requestOf(),
      { ...listen(), onText: () => undefined },
      never,
    );
    expect(got.finish).toBe('length');
    expect(got.text.length).toBeLessThan(5_000_000);
  }, 20_000);
});

describe('an answer without a finish reason', () => {
  const half = 'All that was said.';
  async function ask(...faults: readonly (Fault | undefined)[]) {
    const server = await serve(faults.map((fault) => ({ text: half, ...(fault ? { fault } : {}) })));
    const warnings: string[] = [];
    const model = openModel(settingsFor(server));
    const reply = () => model.reply(requestOf(), { ...listen(), onWarning: (text) => warnings.push(text) }, never);
    return { server, warnings, reply };
  }
  const saidDone = { kind: 'no-finish', isSaidDone: true } as const;
  const closed = { kind: 'no-finish' } as const;

  it('is whole with [DONE], and that is said once', async () => {
    const { server, warnings, reply } = await ask(saidDone, saidDone);
    for (const _ of [1, 2]) expect(await reply()).toMatchObject({ text: half, finish: 'stop' });
    expect([server.requests.length, warnings.length]).toEqual([2, 1]);
  });

  it('is asked once more without it, then taken with a warning, and next time at once', async () => {
    const { server, warnings, reply } = await ask(closed, closed, closed);
    for (const _ of [1, 2]) expect(await reply()).toMatchObject({ text: half, finish: 'stop' });
    expect(server.requests).toHaveLength(3);
    expect(warnings[0]).toMatch(/without \[DONE\].*may lack its end/);
  });

  it('is asked once more each time where the endpoint has shown that it gives one', async () => {
    const { server, reply } = await ask(undefined, closed, closed, closed, closed);
    for (const _ of [1, 2, 3]) await reply();
    expect(server.requests).toHaveLength(5);
  });
});
