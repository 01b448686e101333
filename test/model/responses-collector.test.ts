import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/model/openai.ts';
import {
  callOf,
  listen,
  never,
  requestOf,
  resultOf,
  serve,
  settingsFor,
  stepOf,
  trajectoryOf,
  userNote,
} from './support.ts';

describe('the Responses API', () => {
  it('streams text and reasoning and assembles a call from its fragments', async () => {
    const server = await serve([
      {
        text: 'I read it.',
        reasoning: 'Where?',
        calls: [{ name: 'read', arguments: { path: 'a.ts' } }],
        usage: { input: 90, cached: 64, output: 9 },
      },
    ]);
    const heard = listen();
    const got = await openModel(settingsFor(server, { api: 'responses' })).reply(requestOf(), heard, never);
    expect([heard.text, heard.reasoning]).toEqual(['I read it.', 'Where?']);
    expect(got).toMatchObject({
      text: 'I read it.',
      reasoning: 'Where?',
      finish: 'tool-calls',
      calls: [{ name: 'read', input: { path: 'a.ts' } }],
    });
    expect(got.usage).toEqual({ inputTokens: 90, cachedInputTokens: 64, outputTokens: 9, costUsd: null });
  });

  it('sends the system prompt as instructions, keeps nothing at the server and asks for sealed reasoning', async () => {
    const server = await serve([{ text: 'ok' }]);
    await openModel(settingsFor(server, { api: 'responses', reasoningEffort: 'high' })).reply(
      requestOf('Fix it.'),
      listen(),
      never,
    );
    expect(server.requests[0]?.path).toBe('/v1/responses');
    expect(server.requests[0]?.body).toMatchObject({
      store: false,
      include: ['reasoning.encrypted_content'],
      reasoning: { effort: 'high', summary: 'auto' },
      instructions: 'You are an agent.',
      input: [{ role: 'user', content: 'Fix it.' }],
      tools: [
        { type: 'function', name: 'read' },
        { type: 'function', name: 'edit' },
      ],
    });
  });

  it('gives sealed reasoning back before the call it led to, to the same model only', async () => {
    const server = await serve([
      { reasoning: 'Where?', calls: [{ name: 'read', arguments: { path: 'a.ts' } }] },
      { text: 'done', times: 2 },
    ]);
    const model = openModel(settingsFor(server, { api: 'responses' }));
    const first = await model.reply(requestOf(), listen(), never);
    const call = first.calls[0] ?? callOf('none');
    const step = stepOf(0, {
      notes: [userNote('Fix the bug.')],
      calls: first.calls,
      results: [resultOf(call.id, 'text')],
      ...(first.carry ? { carry: first.carry } : {}),
    });
    await model.reply(requestOf('Go on.', { trajectory: trajectoryOf([step]) }), listen(), never);
    await openModel(settingsFor(server, { api: 'responses', name: 'another' })).reply(
      requestOf('Go on.', { trajectory: trajectoryOf([step]) }),
      listen(),
      never,
    );
    const kinds = (index: number) =>
      [server.requests[index]?.body.input]
        .flat()
        .map((item) => (typeof item === 'object' && item && 'type' in item ? item.type : 'message'));
    expect(kinds(1)).toEqual(['message', 'reasoning', 'function_call', 'function_call_output', 'message']);
    expect(kinds(2)).toEqual(['message', 'function_call', 'function_call_output', 'message']);
    expect(server.requests[1]?.rawBody).toContain('sealed-');
  });

  it('tells an answer that reached its length limit', async () => {
    const server = await serve([{ text: 'half', finish: 'length' }]);
    const got = await openModel(settingsFor(server, { api: 'responses' })).reply(requestOf(), listen(), never);
    expect(got.finish).toBe('length');
  });

  it('takes a whole response from a server that does not stream', async () => {
    const output = [
      { type: 'reasoning', summary: [{ type: 'summary_text', text: 'hm' }] },
      { type: 'message', content: [{ type: 'output_text', text: 'ok' }] },
      { type: 'function_call', call_id: 'c', name: 'read', arguments: '{"path":"a"}' },
    ];
    const body = JSON.stringify({
      object: 'response',
      status: 'completed',
      output,
      usage: { input_tokens: 3, output_tokens: 4 },
    });
    const server = await serve([{ fault: { kind: 'content-type', contentType: 'application/json', body } }]);
    const got = await openModel(settingsFor(server, { api: 'responses' })).reply(requestOf(), listen(), never);
    expect(got).toMatchObject({
      text: 'ok',
      reasoning: 'hm',
      calls: [{ id: 'c', input: { path: 'a' } }],
      usage: { inputTokens: 3, outputTokens: 4 },
    });
  });
});
