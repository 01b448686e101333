import { describe, expect, it } from 'vitest';
import { isObject } from '../../src/core/text/json.ts';
import type { JsonObject } from '../../src/core/types.ts';
import { redSquare } from '../../src/doctor/red-square.ts';
import type { ModelSettings } from '../../src/model/model-settings.ts';
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

const picture = redSquare();
const document = 'data:application/pdf;base64,JVBERi0=';
const step = stepOf(0, {
  notes: [userNote('Look.')],
  calls: [callOf('c1'), callOf('c2')],
  results: [
    { ...resultOf('c1', 'a picture'), images: [picture] },
    { ...resultOf('c2', 'a PDF'), images: [document] },
  ],
});

async function sent(
  settings: Partial<ModelSettings>,
  more: Parameters<typeof trajectoryOf>[1] = {},
  manners: 'no-images'[] = [],
) {
  const server = await serve([{ text: 'ok' }], { manners });
  const request = requestOf('On.', { trajectory: trajectoryOf([step], more) });
  await openModel(settingsFor(server, settings)).reply(request, listen(), never);
  const body: JsonObject = server.requests.at(-1)?.body ?? {};
  const messages = body.messages ?? body.input;
  return Array.isArray(messages) ? messages.filter(isObject) : [];
}

describe('pictures and PDFs in the results of tools', () => {
  it('follow in a message of their own in Chat Completions', async () => {
    const messages = await sent({ api: 'chat' });
    expect(messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'tool', 'tool', 'user', 'user']);
    expect(messages[5]?.content).toEqual([
      { type: 'text', text: '(What the last results of read show, in their order.)' },
      { type: 'image_url', image_url: { url: picture } },
      { type: 'file', file: { filename: 'document.pdf', file_data: document } },
    ]);
  });

  it('are a part of the output in Responses', async () => {
    const outputs = (await sent({ api: 'responses' })).filter(({ type }) => type === 'function_call_output');
    expect(outputs.map(({ output }) => output)).toEqual([
      [
        { type: 'input_text', text: 'a picture' },
        { type: 'input_image', image_url: picture, detail: 'auto' },
      ],
      [
        { type: 'input_text', text: 'a PDF' },
        { type: 'input_file', filename: 'document.pdf', file_data: document },
      ],
    ]);
  });

  it('are a part of the result in Messages', async () => {
    const results = (await sent({ api: 'messages', name: 'claude-opus-5-5' })).at(-1)?.content;
    expect(results).toMatchObject([
      {
        type: 'tool_result',
        content: [
          { type: 'text', text: 'a picture' },
          { type: 'image', source: { media_type: 'image/png' } },
        ],
      },
      {
        type: 'tool_result',
        content: [{ type: 'text' }, { type: 'document', source: { media_type: 'application/pdf' } }],
      },
      { type: 'text' },
    ]);
  });

  it('are left out with a word where the model takes none', async () => {
    const messages = await sent({ api: 'chat' }, {}, ['no-images']);
    expect(messages[5]?.content).toMatch(/^\(An image that stood here was left out.*\n\n\(An image/);
  });

  it('go with the rest of an old output when room is made', async () => {
    const compactions = [
      { kind: 'thinned', fromStep: 1, summary: '', tokensBefore: 9, tokensAfter: 5, atStep: 1 },
    ] as const;
    expect(JSON.stringify(await sent({ api: 'chat' }, { compactions: [...compactions] }))).not.toContain('base64');
  });
});
