import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { isObject } from '../../src/core/text/json.ts';
import { compiledCode } from '../compiled-code.ts';
import { jsonLines, makeFolder, serve } from '../program/program.ts';
import { done, shell, write } from '../program/task.ts';

const launcher = resolve(import.meta.dirname, '../../bin/wink-agent.js');
const acpx = join(dirname(createRequire(import.meta.url).resolve('acpx/package.json')), 'dist/cli.js');

test('acpx, a client of its own, holds a conversation: plan, answer as it streams, permissions, diff, end', async () => {
  const plan = { name: 'todo', arguments: { todos: [{ text: 'write it', status: 'in_progress' }] } };
  const server = await serve({
    rules: [
      {
        when: { kind: 'agent' },
        replies: [
          { text: 'Planned.', calls: [plan] },
          write('note.md', 'hello\n'),
          shell('rm -rf build; echo gone'),
          done,
        ],
      },
    ],
  });
  const [cwd, home] = [makeFolder(), makeFolder()];
  const agent = `${process.execPath} ${launcher} acp --model scripted --base-url ${server.url} --wink off`;
  const words = [acpx, '--approve-all', '--format', 'json', '--cwd', cwd, '--agent', agent, 'exec', 'write a note'];
  const env = { PATH: process.env.PATH, HOME: home, WINK_HOME: join(home, '.wink'), ...compiledCode };
  const { stdout } = await promisify(execFile)(process.execPath, words, { cwd, env });
  expect(readFileSync(join(cwd, 'note.md'), 'utf8')).toBe('hello\n');
  const frames = jsonLines(stdout);
  const updates = frames.flatMap(({ params }) => (isObject(params) && isObject(params.update) ? [params.update] : []));
  expect(updates).toContainEqual(
    expect.objectContaining({ sessionUpdate: 'plan', entries: [expect.objectContaining({ content: 'write it' })] }),
  );
  const said = updates.flatMap(({ sessionUpdate, content }) =>
    sessionUpdate === 'agent_message_chunk' && isObject(content) ? [content.text] : [],
  );
  expect(said.join('')).toBe('Planned.All done.');
  expect(frames.filter(({ method }) => method === 'session/request_permission')).toHaveLength(2);
  const diff = { type: 'diff', path: join(cwd, 'note.md'), newText: 'hello\n' };
  expect(updates).toContainEqual(
    expect.objectContaining({ status: 'completed', content: [expect.objectContaining(diff)] }),
  );
  expect(frames.at(-1)).toMatchObject({ result: { stopReason: 'end_turn' } });
});
