import { describe, expect, it } from 'vitest';
import type { Question } from '../../src/core/model.ts';
import { openAsk } from '../../src/model/openai.ts';
import { never, serve, settingsFor } from './support.ts';

const strict = {
  type: 'object',
  properties: { present: { type: 'boolean' } },
  required: ['present'],
  additionalProperties: false,
};
const question: Question = {
  system: 'You judge.',
  user: 'Is it so?',
  schema: { name: 'verdict', schema: strict },
  maxOutputTokens: 300,
};
const answer = { text: '{"present":true}', usage: { input: 50, output: 4 } };

describe('a question outside the conversation', () => {
  it('sends its schema where the server has json_schema, and gives the answer with its usage', async () => {
    const server = await serve([answer]);
    const got = await openAsk(settingsFor(server))(question, never);
    expect(got).toEqual({
      text: '{"present":true}',
      usage: { inputTokens: 50, cachedInputTokens: 0, outputTokens: 4, costUsd: null },
    });
    expect(server.requests[0]?.body).toMatchObject({
      max_tokens: 300,
      messages: [
        { role: 'system', content: 'You judge.' },
        { role: 'user', content: 'Is it so?' },
      ],
      response_format: { type: 'json_schema', json_schema: { name: 'verdict', schema: strict, strict: true } },
    });
    expect(server.requests[0]?.body.tools).toBeUndefined();
  });

  it('sends its schema in the form of the Responses API', async () => {
    const server = await serve([answer]);
    await openAsk(settingsFor(server, { api: 'responses' }))(question, never);
    expect(server.requests[0]?.body).toMatchObject({
      instructions: 'You judge.',
      max_output_tokens: 300,
      text: { format: { type: 'json_schema', name: 'verdict', strict: true } },
    });
  });

  it('calls a schema strict only where it is', async () => {
    const server = await serve([answer]);
    const loose = { name: 'verdict', schema: { type: 'object', properties: { quote: { type: 'string' } } } };
    await openAsk(settingsFor(server))({ ...question, schema: loose }, never);
    expect(server.requests[0]?.body).toMatchObject({ response_format: { json_schema: { strict: false } } });
  });

  it('puts its schema in words where the server has no json_schema', async () => {
    const server = await serve([answer]);
    await openAsk(settingsFor(server, { quirks: { jsonSchema: false } }))(question, never);
    expect(server.requests[0]?.body.response_format).toBeUndefined();
    expect(server.requests[0]?.rawBody).toContain('Answer with one JSON object');
    expect(server.requests[0]?.rawBody).toContain('\\"present\\"');
  });

  it('falls back to words when the server refuses response_format', async () => {
    const server = await serve([
      { fault: { kind: 'status', status: 400, message: 'response_format is not supported' } },
      answer,
    ]);
    const got = await openAsk(settingsFor(server))(question, never);
    expect(got.text).toBe('{"present":true}');
    expect(server.requests[1]?.rawBody).toContain('Answer with one JSON object');
  });

  it('is asked again after a fault and aborted by its signal', async () => {
    const server = await serve([
      { fault: { kind: 'reset', at: 'before' } },
      answer,
      { fault: { kind: 'silence', at: 'before' } },
    ]);
    const ask = openAsk(settingsFor(server));
    expect((await ask(question, never)).text).toBe('{"present":true}');
    await expect(ask(question, AbortSignal.timeout(50))).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});
