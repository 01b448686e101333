import { describe, expect, it } from 'vitest';
import { findTextCalls } from '../../src/model/text-calls.ts';
import { tools } from './support.ts';

function inputs(text: string): unknown {
  return findTextCalls(text, tools)?.calls.map((call) => [call.name, JSON.parse(call.arguments)]);
}

describe('calls printed as text', () => {
  it.each([
    ['Hermes and Qwen', 'I look.\n<tool_call>\n{"name": "read", "arguments": {"path": "a.ts"}}\n</tool_call>'],
    ['Qwen3-Coder', '<tool_call>\n<function=read>\n<parameter=path>\na.ts\n</parameter>\n</function>\n</tool_call>'],
    ['Llama', '<function=read>{"path": "a.ts"}</function>'],
    ['an alias', '<tool_call>{"name": "read_file", "arguments": {"path": "a.ts"}}</tool_call>'],
    ['Mistral', '[TOOL_CALLS][{"name": "read", "arguments": {"path": "a.ts"}}]'],
    ['newer Mistral', '[TOOL_CALLS]read[ARGS]{"path": "a.ts"}'],
    ['a fence at the end', 'Now I read it:\n```json\n{"name": "read", "arguments": {"path": "a.ts"}}\n```'],
    ['arguments as a string', '<tool_call>{"name": "read", "arguments": "{\\"path\\":\\"a.ts\\"}"}</tool_call>'],
    [
      'a function inside',
      '<tool_call>{"type":"function","function":{"name":"read","parameters":{"path":"a.ts"}}}</tool_call>',
    ],
    ['a missing brace', '<tool_call>{"name": "read", "arguments": {"path": "a.ts"}</tool_call>'],
  ])('are recognised in the form of %s', (_, text) => {
    expect(inputs(text)).toEqual([['read', { path: 'a.ts' }]]);
  });

  it('are taken out of the text that remains', () => {
    expect(findTextCalls('I look.\n<tool_call>{"name":"read","arguments":{}}</tool_call>\n', tools)?.text).toBe(
      'I look.',
    );
  });

  it('may be several', () => {
    const one = (path: string) => `<tool_call>{"name":"read","arguments":{"path":"${path}"}}</tool_call>`;
    expect(inputs(one('a') + one('b'))).toEqual([
      ['read', { path: 'a' }],
      ['read', { path: 'b' }],
    ]);
  });

  it('are typed by the schema of the tool where values came as text', () => {
    const text = '<function=read><parameter=path>10</parameter><parameter=limit>10</parameter></function>';
    expect(inputs(text)).toEqual([['read', { path: '10', limit: 10 }]]);
  });

  it.each([
    ['of a tool that does not exist', '<tool_call>{"name":"teleport","arguments":{}}</tool_call>'],
    ['that are an example in the middle', 'Like so:\n```json\n{"name":"read","arguments":{}}\n```\nand then more.'],
    ['that are other JSON', 'The file:\n```json\n{"name":"wink-agent","version":"1"}\n```'],
    ['in plain words', 'I will read a.ts'],
  ])('are not seen %s', (_, text) => {
    expect(findTextCalls(text, tools)).toBeUndefined();
  });
});
