import { describe, expect, it } from 'vitest';
import type { ModelError } from '../../src/core/errors.ts';
import type { ScriptedReply } from '../../src/demo/server/scenario.ts';
import { readRetryAfter } from '../../src/model/http/fault-messages.ts';
import type { ModelSettings } from '../../src/model/model-settings.ts';
import { openModel } from '../../src/model/openai.ts';
import { listen, never, requestOf, serve, settingsFor } from './support.ts';

const overloaded: ScriptedReply = { fault: { kind: 'status', status: 500, message: 'Overloaded.' }, times: 100 };

/** Asks a server that never gives an answer, and returns how that ended. */
async function failWith(reply: ScriptedReply, more: Partial<ModelSettings>) {
  const server = await serve([reply]);
  const heard = listen();
  const error: ModelError = await openModel(settingsFor(server, more))
    .reply(requestOf(), heard, never)
    .then(
      () => expect.unreachable(),
      (caught: ModelError) => caught,
    );
  return { error, heard, server };
}

describe('waiting before a retry', () => {
  it('takes at least as long as Retry-After asks', async () => {
    const server = await serve([
      { fault: { kind: 'status', status: 429, headers: { 'retry-after': '0.2' } } },
      { text: 'ok' },
    ]);
    const heard = listen();
    await openModel(settingsFor(server)).reply(requestOf(), heard, never);
    expect(heard.retries[0]?.waitMs).toBeGreaterThanOrEqual(200);
    expect((server.requests[1]?.atMs ?? 0) - (server.requests[0]?.answeredAtMs ?? 0)).toBeGreaterThanOrEqual(199);
  });

  it('reads Retry-After as seconds, as a date and as milliseconds', () => {
    const now = Date.parse('2026-11-24T08:00:00Z');
    const read = (headers: Record<string, string>) => readRetryAfter(new Headers(headers), now);
    expect(read({ 'retry-after': '3' })).toBe(3000);
    expect(read({ 'retry-after': 'Tue, 24 Nov 2026 08:00:07 GMT' })).toBe(7000);
    expect(read({ 'retry-after': 'Tue, 24 Nov 2026 07:00:00 GMT' })).toBe(0);
    expect(read({ 'retry-after-ms': '250', 'retry-after': '3' })).toBe(250);
    expect(read({ 'retry-after': 'soon' })).toBeUndefined();
    expect(read({})).toBeUndefined();
  });

  it('doubles from try to try, with a jitter', async () => {
    const { heard } = await failWith(overloaded, { firstRetryWaitMs: 4, maxRetries: 4 });
    for (const [index, { waitMs }] of heard.retries.entries()) {
      expect(waitMs).toBeGreaterThanOrEqual(2 * 2 ** index);
      expect(waitMs).toBeLessThanOrEqual(4 * 2 ** index);
    }
  });
});

describe('giving up', () => {
  it('happens after the retries that the user allows, with a sentence that says why', async () => {
    const { error, heard, server } = await failWith(overloaded, { maxRetries: 3 });
    expect(server.requests).toHaveLength(4);
    expect(heard.retries.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(error).toMatchObject({
      name: 'ModelError',
      kind: 'server',
      message: expect.stringMatching(/Gave up.*4 times.*500: Overloaded/),
    });
  });

  it('happens at once when the server asks for a longer wait than the user allows', async () => {
    const reply: ScriptedReply = {
      fault: { kind: 'status', status: 429, headers: { 'retry-after': '3600' } },
      times: 9,
    };
    const { error, server } = await failWith(reply, { giveUpAfterSeconds: 5 });
    expect(server.requests).toHaveLength(1);
    expect(error).toMatchObject({ kind: 'rate-limit', message: expect.stringMatching(/wait 3\d\d\d s, longer/) });
  });

  it('bounds the time lost to a server that is silent', async () => {
    const { error, server } = await failWith(
      { fault: { kind: 'silence', at: 'before' }, times: 9 },
      { giveUpAfterSeconds: 0.2, firstByteTimeoutSeconds: 60 },
    );
    expect(error.kind).toBe('connection');
    expect(server.requests).toHaveLength(1);
  });

  it('comes sooner for a server that never answered at all', async () => {
    const server = await serve([]);
    await server.close();
    const heard = listen();
    const reply = openModel(settingsFor(server)).reply(requestOf(), heard, never);
    await expect(reply).rejects.toMatchObject({
      kind: 'connection',
      message: expect.stringMatching(/nothing answers at http.*is the server running/),
    });
    expect(heard.retries).toHaveLength(3);
  });

  it('does not come while an outage may last, however many tries that takes', async () => {
    const down: ScriptedReply[] = [502, 503, 529, 429].map((status) => ({
      fault: { kind: 'status', status },
      times: 2,
    }));
    const server = await serve([...down, { text: 'back again' }]);
    const heard = listen();
    const settings = settingsFor(server, { maxRetries: 1, outageSeconds: 60 });
    expect(await openModel(settings).reply(requestOf(), heard, never)).toMatchObject({ text: 'back again' });
    expect(heard.retries).toHaveLength(8);
  });

  it('comes when an outage has lasted for as long as the user allows, also of a server that never answered', async () => {
    const server = await serve([]);
    await server.close();
    const heard = listen();
    const reply = openModel(settingsFor(server, { outageSeconds: 0.2 })).reply(requestOf(), heard, never);
    await expect(reply).rejects.toMatchObject({
      kind: 'connection',
      message: expect.stringMatching(/Gave up .* after asking \d+ times: nothing answers at http/),
    });
    expect(heard.retries.length).toBeGreaterThan(3);
  });

  it('names a host that can not be found', async () => {
    const settings = settingsFor({ url: 'http://no-such-host.invalid/v1' }, { maxRetries: 1 });
    await expect(openModel(settings).reply(requestOf(), listen(), never)).rejects.toMatchObject({
      kind: 'connection',
      message: expect.stringMatching(/no-such-host\.invalid/),
    });
  });
});

describe('aborting', () => {
  it('ends a stream midway with the reason of the signal', async () => {
    const server = await serve([{ text: 'a b c d', fault: { kind: 'silence', at: 'midway' } }]);
    const controller = new AbortController();
    const heard = { ...listen(), onText: () => controller.abort(new Error('the user pressed Esc')) };
    const model = openModel({ ...settingsFor(server), name: 'gpt-4o' });
    await expect(model.reply(requestOf(), heard, controller.signal)).rejects.toThrow('the user pressed Esc');
    const estimate = model.estimateCut(400);
    expect(estimate).toMatchObject({
      inputTokens: Math.ceil(server.requests[0]!.rawBody.length / 4),
      outputTokens: 100,
    });
    expect(estimate.costUsd).toBeGreaterThan(0);
  });

  it('estimates what an aborted answer cost by what the endpoint counted before', async () => {
    const usage = { input: 50, output: 1 };
    const server = await serve([
      { text: 'ok', usage },
      { text: 'a b', fault: { kind: 'silence', at: 'midway' } },
    ]);
    const model = openModel(settingsFor(server));
    await model.reply(requestOf(), listen(), never);
    const controller = new AbortController();
    const heard = { ...listen(), onText: () => controller.abort(new Error('the user pressed Esc')) };
    await expect(model.reply(requestOf(), heard, controller.signal)).rejects.toThrow('the user pressed Esc');
    expect(model.estimateCut(4).inputTokens).toBe(50);
  });

  it('ends the wait before a retry', async () => {
    const server = await serve([{ fault: { kind: 'status', status: 429, headers: { 'retry-after': '60' } } }]);
    const controller = new AbortController();
    const heard = { ...listen(), onRetry: () => controller.abort(new Error('the user pressed Esc')) };
    await expect(openModel(settingsFor(server)).reply(requestOf(), heard, controller.signal)).rejects.toThrow(
      'the user pressed Esc',
    );
  });

  it('sends nothing when the signal had fired before', async () => {
    const server = await serve([{ text: 'ok' }]);
    await expect(
      openModel(settingsFor(server)).reply(requestOf(), listen(), AbortSignal.abort(new Error('too late'))),
    ).rejects.toThrow('too late');
    expect(server.requests).toHaveLength(0);
  });
});

describe('a field that a server refuses by name', () => {
  it.each([
    ['in its message', { message: 'Unrecognized request argument supplied: stream_options' }],
    [
      'as the parameter of its error',
      { message: 'That is not supported with this model.', parameter: 'stream_options.include_usage' },
    ],
  ])('%s is left out, and stays out', async (_, words) => {
    const server = await serve([{ fault: { kind: 'status', status: 400, ...words } }, { text: 'ok', times: 2 }]);
    const model = openModel(settingsFor(server));
    const heard = listen();
    for (let turn = 0; turn < 2; turn += 1) await model.reply(requestOf(), heard, never);
    expect(server.requests.map(({ body }) => 'stream_options' in body)).toEqual([true, false, false]);
    expect(heard.retries).toEqual([]);
  });
});
