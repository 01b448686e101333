import { expect, test } from 'vitest';
import { plainToolName } from '../../src/core/classify-tool.ts';
import { tools } from '../../tools/index.ts';
import { makeHarness } from './harness.ts';

test('there are seven tools, with plain names', () => {
  expect(tools.map(({ name }) => name)).toEqual(['read', 'edit', 'write', 'shell', 'glob', 'grep', 'todo']);
});

test('all schemas together stay below 4.7 kB, so that a first request stays small', () => {
  expect(Buffer.byteLength(JSON.stringify(tools.map(({ schema }) => schema)))).toBeLessThan(4700);
});

test('no name or alias is there twice', () => {
  const names = tools.flatMap(({ name, aliases }) => [name, ...aliases].map(plainToolName));
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('targets are absolute paths, whatever form the argument has', () => {
  const targetOf = (name: string, input: Record<string, unknown>) => {
    const prepared = tools.find((tool) => tool.name === name)?.prepare(input, '/srv/project');
    return typeof prepared === 'object' ? prepared.targets : prepared;
  };
  expect(targetOf('read', { path: '../x' })).toEqual([{ kind: 'path', access: 'read', path: '/srv/x' }]);
  expect(targetOf('read', { path: '~/x' })).toEqual([{ kind: 'path', access: 'read', path: `${process.env.HOME}/x` }]);
  expect(targetOf('edit', { path: 'a/./b', old_string: 'a', new_string: 'b' })).toEqual([
    { kind: 'path', access: 'write', path: '/srv/project/a/b' },
  ]);
  expect(targetOf('write', { path: '/etc/x', content: '' })).toEqual([
    { kind: 'path', access: 'write', path: '/etc/x' },
  ]);
  expect(targetOf('glob', { pattern: '/etc/*.conf' })).toEqual([{ kind: 'path', access: 'read', path: '/etc' }]);
  expect(targetOf('glob', { pattern: '../../*' })).toEqual([{ kind: 'path', access: 'read', path: '/' }]);
  expect(targetOf('glob', { pattern: 'src/../../secret/**' })).toEqual([
    { kind: 'path', access: 'read', path: '/srv/secret' },
  ]);
  expect(targetOf('grep', { pattern: 'x' })).toEqual([{ kind: 'path', access: 'read', path: '/srv/project' }]);
  expect(targetOf('shell', { command: 'ls' })).toEqual([{ kind: 'command', command: 'ls' }]);
  expect(targetOf('shell', { command: 'ls', cwd: '/etc' })).toEqual([
    { kind: 'command', command: 'cd /etc && {\nls\n}' },
  ]);
  expect(targetOf('shell', { job: 'job-1' })).toEqual([]);
});

test('todo keeps the whole list and shows it as a list', async () => {
  const { call, workspace } = makeHarness();
  const result = await call('todo', {
    todos: [{ content: 'first', status: 'completed' }, 'second', { text: 'third', status: 'in_progress' }],
  });
  expect(result).toMatchObject({
    output: 'The list is kept: 3 items: 1 done, 1 doing, 1 open.',
    view: { kind: 'list', items: ['first', 'second', 'third'], done: [true, false, false] },
  });
  expect(workspace.todos[1]).toEqual({ text: 'second', status: 'open' });
  expect(await call('todo', { items: [{ text: 'x', status: 'perhaps' }] })).toMatchObject({
    errorKind: 'bad-arguments',
  });
});
