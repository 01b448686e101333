import { describe, expect, it } from 'vitest';
import type { ModelRequest } from '../../src/core/model.ts';
import { isObject } from '../../src/core/text/json.ts';
import type { JsonObject } from '../../src/core/types.ts';
import type { Manner } from '../../src/demo/server/find-refusal.ts';
import type { ScriptedReply } from '../../src/demo/server/scenario.ts';
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
  trajectoryOf,
  userNote,
} from './support.ts';

const readCall = { calls: [{ name: 'read', arguments: { path: 'a.ts' } }] };
const png = `data:image/png;base64,${Buffer.from('\x89PNG\r\n\x1a\nrest', 'latin1').toString('base64')}`;
const worked = stepOf(0, {
  notes: [userNote('Fix it.')],
  calls: [callOf('call_by_another')],
  results: [resultOf('call_by_another', 'text')],
});

/** Lets a model of these manners answer requests one after the other; gives each attempt's messages, and what was warned of. */
async function talk(manners: readonly Manner[], script: readonly ScriptedReply[], requests: readonly ModelRequest[]) {
  const server = await serve(script, { manners });
  const model = openModel(settingsFor(server));
  const warnings: string[] = [];
  const replies = [];
  for (const request of requests)
    replies.push(await model.reply(request, { ...listen(), onWarning: (text) => warnings.push(text) }, never));
  return { replies, warnings, bodies: server.requests.map(({ body }) => messagesOf(body)) };
}

function messagesOf(body: JsonObject): JsonObject[] {
  return Array.isArray(body.messages) ? body.messages.filter(isObject) : [];
}

const answer = [{ text: 'Done.' }];

describe('a refusal teaches', () => {
  it('that user and assistant take turns', async () => {
    const notes = [userNote('One.'), userNote('Two.')];
    const { bodies } = await talk(['turns'], answer, [requestOf('', { trajectory: trajectoryOf([worked]), notes })]);
    expect(bodies).toHaveLength(2);
    expect(bodies[1]?.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'assistant', 'user']);
    expect(bodies[1]?.at(-1)?.content).toBe('One.\n\nTwo.');
  });

  it('that there is no system prompt, also for a question', async () => {
    const { bodies } = await talk(['no-system', 'turns'], answer, [requestOf('Hi.')]);
    expect(bodies.at(-1)?.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    const server = await serve(answer, { manners: ['no-system', 'turns'] });
    const asked = await openAsk(settingsFor(server))({ system: 'Judge.', user: 'This.', maxOutputTokens: 9 }, never);
    expect(asked.text).toBe('Done.');
  });

  it('that call ids are short', async () => {
    const { bodies } = await talk(['short-ids'], answer, [requestOf('', { trajectory: trajectoryOf([worked]) })]);
    expect(bodies).toHaveLength(2);
  });

  it('that reasoning goes back with every call, empty where there was none', async () => {
    const { bodies } = await talk(['wants-reasoning'], answer, [requestOf('', { trajectory: trajectoryOf([worked]) })]);
    expect(bodies.at(-1)?.find((message) => message.tool_calls)?.reasoning_content).toBe('');
  });

  it('that reasoning does not go back, and remembers', async () => {
    const server = await serve([{ ...readCall, reasoning: 'Hm.' }, ...answer, ...answer], {
      manners: ['refuses-reasoning'],
    });
    const model = openModel(settingsFor(server));
    const trajectory = trajectoryOf();
    const first = await model.reply(requestOf('Fix it.', { trajectory }), listen(), never);
    trajectory.steps.push(stepOf(0, { ...first, notes: [userNote('Fix it.')], results: [resultOf('x', 'text')] }));
    for (const text of ['On.', 'And on.']) await model.reply(requestOf(text, { trajectory }), listen(), never);
    expect(server.requests.map(({ rawBody }) => rawBody.includes('reasoning_content'))).toEqual([
      false,
      true,
      false,
      false,
    ]);
  });

  it('that calls of another model need a signature', async () => {
    const { bodies } = await talk(['wants-signatures'], answer, [
      requestOf('', { trajectory: trajectoryOf([worked]) }),
    ]);
    expect(JSON.stringify(bodies[1])).toContain('skip_thought_signature_validator');
  });

  it('that the model sees nothing: the words stay, and it is said once', async () => {
    const seen = requestOf('', { notes: [userNote('What is this?', { images: [png] })] });
    const { bodies, warnings } = await talk(['no-images'], [...answer, ...answer], [seen, seen]);
    expect(bodies).toHaveLength(3);
    expect(bodies[2]?.at(-1)?.content).toMatch(/^What is this\?\n\n\(An image/);
    expect(warnings).toEqual([expect.stringContaining('does not accept our images')]);
  });

  it('that one image is bad: those that were taken before stay', async () => {
    const first = userNote('This.', { images: [png] });
    const bad = userNote('And this.', { images: ['data:image/png;base64,AAAA'] });
    const step = stepOf(0, { notes: [first], text: 'A cat.' });
    const { bodies, warnings } = await talk(
      ['bad-images'],
      [...answer, ...answer],
      [requestOf('', { notes: [first] }), requestOf('', { trajectory: trajectoryOf([step]), notes: [bad] })],
    );
    const last = JSON.stringify(bodies.at(-1));
    expect([last.includes(png), last.includes('base64,AAAA')]).toEqual([true, false]);
    expect(warnings).toEqual([expect.stringContaining('refused an image')]);
  });

  it('nothing where it is about something else', async () => {
    const server = await serve([{ fault: { kind: 'status', status: 400, message: 'Unknown role.' } }]);
    await expect(openModel(settingsFor(server)).reply(requestOf(), listen(), never)).rejects.toThrow(/Unknown role/);
    expect(server.requests).toHaveLength(1);
  });
});

describe('half an emoji', () => {
  it.each(['chat', 'responses'] as const)('reaches no request (%s)', async (api) => {
    const server = await serve(answer, { manners: ['whole-characters'] });
    const half = 'half \ud83d';
    const step = stepOf(0, {
      notes: [userNote(half)],
      text: half,
      calls: [callOf('c1', { path: half })],
      results: [resultOf('c1', half)],
    });
    const trajectory = trajectoryOf([step], { system: half });
    const tools = [{ name: 'read', description: half, parameters: { type: 'object' } }];
    await openModel(settingsFor(server, { api })).reply(
      { trajectory, notes: [userNote(half)], tools },
      listen(),
      never,
    );
    expect(server.requests).toHaveLength(1);
    expect(server.requests[0]?.rawBody).toContain('half \ufffd');
    expect(server.requests[0]?.rawBody).not.toMatch(/\\ud83d/);
  });

  it('is told from a whole one and from its escape written out', async () => {
    const server = await serve(answer);
    await openModel(settingsFor(server)).reply(requestOf('whole 😀, written \\ud83d'), listen(), never);
    expect(JSON.stringify(server.requests[0]?.body)).toContain('whole 😀, written \\\\ud83d');
  });
});
