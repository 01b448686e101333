import { describe, expect, it } from 'vitest';
import { openModel } from '../../src/model/openai.ts';
import { findPrintedCalls } from '../../src/model/text/written-calls.ts';
import { listen, never, requestOf, serve, settingsFor, tools } from './support.ts';

function inputs(text: string): unknown {
  return findPrintedCalls(text, tools)?.calls.map((call) => [call.name, JSON.parse(call.arguments)]);
}

const call = '<tool_call>{"name":"read","arguments":{"path":"a.ts"}}</tool_call>';

describe('calls printed as text', () => {
  it.each([
    ['Hermes and Qwen', 'I look.\n<tool_call>\n{"name": "read", "arguments": {"path": "a.ts"}}\n</tool_call>'],
    ['Qwen3-Coder', '<tool_call>\n<function=read>\n<parameter=path>\na.ts\n</parameter>\n</function>\n</tool_call>'],
    ['Llama', '<function=read>{"path": "a.ts"}</function>'],
    ['GLM', '<tool_call>read\n<arg_key>path</arg_key>\n<arg_value>a.ts</arg_value>\n</tool_call>'],
    [
      'MiniMax',
      '<minimax:tool_call>\n<invoke name="read">\n<parameter name="path">a.ts</parameter>\n</invoke>\n</minimax:tool_call>',
    ],
    ['an invocation alone', '<invoke name="read"><parameter name="path">a.ts</parameter></invoke>'],
    ['an alias', '<tool_call>{"name": "read", "arguments": {"path": "a.ts"}}</tool_call>'],
    ['Mistral', '[TOOL_CALLS][{"name": "read", "arguments": {"path": "a.ts"}}]'],
    ['newer Mistral', '[TOOL_CALLS]read[ARGS]{"path": "a.ts"}'],
    ['arguments as a string', '<tool_call>{"name": "read", "arguments": "{\\"path\\":\\"a.ts\\"}"}</tool_call>'],
    [
      'a function inside',
      '<tool_call>{"type":"function","function":{"name":"read","parameters":{"path":"a.ts"}}}</tool_call>',
    ],
    ['a missing brace', '<tool_call>{"name": "read", "arguments": {"path": "a.ts"}</tool_call>'],
    ['a missing end', '<tool_call>{"name": "read", "arguments": {"path": "a.ts"}}'],
  ])('are recognised in the form of %s', (_, text) => {
    expect(inputs(text)).toEqual([['read', { path: 'a.ts' }]]);
  });

  it('are taken out of the text that remains', () => {
    expect(findPrintedCalls(`I look.\n${call}\n`, tools)?.text).toBe('I look.');
  });

  it('may be several, and may speak of their own tag', () => {
    const one = (path: string) => `<tool_call>{"name":"read","arguments":{"path":"${path}"}}</tool_call>`;
    expect(inputs(one('a') + one('</tool_call>'))).toEqual([
      ['read', { path: 'a' }],
      ['read', { path: '</tool_call>' }],
    ]);
  });

  it('are typed by the schema of the tool where values came as text', () => {
    const text = '<function=read><parameter=path>10</parameter><parameter=limit>10</parameter></function>';
    expect(inputs(text)).toEqual([['read', { path: '10', limit: 10 }]]);
  });

  it.each([
    ['of a tool that does not exist', '<tool_call>{"name":"teleport","arguments":{}}</tool_call>'],
    ['that are followed by words', `${call}\nThat is all.`],
    ['in a fence', `So:\n\`\`\`xml\n${call}\n\`\`\`\nThat is all.`],
    ['in a fence that ends the answer', `So:\n\`\`\`\n${call}\n\`\`\``],
    ['in a fence that was never closed', `So:\n\`\`\`\n${call}\n`],
    ['in a fence of tildes', `~~~\n${call}\n~~~`],
    ['in a longer fence around a shorter one', `\`\`\`\`\n\`\`\`\n${call}\n\`\`\`\n\`\`\`\``],
    ['in backticks', `The form \`${call}\` is common.`],
    ['in backticks at the end', `The form is \`${call}`],
    ['in a block quote', `> ${call}`],
    ['in indented code', `So:\n\n    ${call}`],
    ['as a JSON block', 'As JSON:\n```json\n{"name":"read","arguments":{}}\n```'],
    ['that are other JSON', 'The file:\n```json\n{"name":"wink-agent","version":"1"}\n```'],
    ['in plain words', 'I will read a.ts'],
  ])('are not seen %s', (_, text) => {
    expect(findPrintedCalls(text, tools)).toBeUndefined();
  });

  it('are seen after a lone backtick in an earlier line', () => {
    expect(inputs(`I don\`t know.\n${call}`)).toEqual([['read', { path: 'a.ts' }]]);
  });
});

describe('a printed call runs', () => {
  async function replies(...texts: readonly (string | { readonly text?: string; readonly calls: true })[]) {
    const made = { calls: [{ name: 'read', arguments: { path: 'b.ts' } }] };
    const server = await serve(
      texts.map((text) => (typeof text === 'string' ? { text } : { ...made, ...text, calls: made.calls })),
    );
    const model = openModel(settingsFor(server));
    const got = [];
    for (const _ of texts) got.push(await model.reply(requestOf(), listen(), never));
    return got.map((reply) => [reply.calls.length, reply.hint !== undefined]);
  }

  it('when it is the whole answer of an endpoint that has made no call', async () => {
    expect(await replies(call)).toEqual([[1, false]]);
  });

  it('below words only after the endpoint has shown that it can do no better', async () => {
    expect(await replies(`Like so:\n${call}`, `Like so:\n${call}`, `Again:\n${call}`)).toEqual([
      [0, true],
      [1, false],
      [1, false],
    ]);
  });

  it('no more once the endpoint has made a call as it should', async () => {
    expect(await replies({ calls: true }, call, 'It was an example.')).toEqual([
      [1, false],
      [0, true],
      [0, false],
    ]);
  });

  it('never from a fence, though the model is asked where nothing else was said', async () => {
    expect(await replies(`\`\`\`\n${call}\n\`\`\``, `\`\`\`\n${call}\n\`\`\``)).toEqual([
      [0, true],
      [0, false],
    ]);
  });
});
