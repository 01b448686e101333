import { describe, expect, it } from 'vitest';
import { readArguments, repairCalls } from '../../src/model/answer/repair-calls.ts';
import { tools } from './support.ts';

let made = 0;
const options = {
  isCutOff: false,
  newId: () => `fresh-${++made}`,
  isTaken: (id: string) => id === 'of-an-earlier-step',
};

describe('repairing calls', () => {
  it('matches tool names through case, aliases and namespaces', () => {
    const names = ['Read', 'read_file', 'ReadFile', 'functions.read', 'CAT', 'read<|channel|>json'];
    const calls = repairCalls(
      names.map((name, index) => ({ id: `c${index}`, name, arguments: '{}' })),
      tools,
      options,
    );
    expect(calls.map(({ name }) => name)).toEqual(names.map(() => 'read'));
  });

  it('leaves the name of an unknown tool as the model wrote it', () => {
    expect(repairCalls([{ id: 'c', name: 'teleport', arguments: '{}' }], tools, options)[0]?.name).toBe('teleport');
  });

  it('gives fresh ids to calls without one or with the id of another', () => {
    const raw = ['a', 'a', '', 'b', 'of-an-earlier-step'].map((id) => ({ id, name: 'read', arguments: '{}' }));
    const ids = repairCalls(raw, tools, options).map(({ id }) => id);
    expect(new Set(ids).size).toBe(5);
    expect(ids).not.toContain('of-an-earlier-step');
    expect([ids[0], ids[3]]).toEqual(['a', 'b']);
  });

  it('keeps what was sent with a repaired call and says what was repaired', () => {
    expect(readArguments('{"path":"a.ts",}', 'read', false)).toEqual({
      input: { path: 'a.ts' },
      repaired: 'removed a trailing comma',
      rawInput: '{"path":"a.ts",}',
    });
  });

  it('takes no arguments at all as an empty object', () => {
    expect(readArguments('', 'todo', false)).toEqual({ input: {} });
    expect(readArguments('null', 'todo', false)).toEqual({ input: {} });
  });

  it('tells the model what it sent and how to do it right when nothing can be repaired', () => {
    const { problem, input } = readArguments('{"content":"say "hello" now"}', 'write', false);
    expect(input).toEqual({});
    expect(problem).toContain('write');
    expect(problem).toContain('hello');
    expect(problem).toMatch(/escape/);
  });

  it('tells the model to send smaller pieces when the answer hit its length limit', () => {
    expect(readArguments('{"content":"a long te', 'write', true).problem).toMatch(/smaller pieces/);
  });

  it('says that an object is wanted when a list or a number came', () => {
    expect(readArguments('["a"]', 'read', false).problem).toMatch(/a list/);
    expect(readArguments('3', 'read', false).problem).toMatch(/a number/);
  });
});
