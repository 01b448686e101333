import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTrajectories } from '../../src/study/input/read-trajectories.ts';
import type { StudyTrajectory } from '../../src/study/input/trajectory.ts';
import { makeFolder } from './temporary.ts';

async function readTexts(files: Readonly<Record<string, string>>) {
  const folder = await makeFolder('variants');
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const runs: StudyTrajectory[] = [];
  const skipped: string[] = [];
  const listener = { onSkip: (place: string, reason: string) => skipped.push(`${place}: ${reason}`) };
  for await (const run of openTrajectories([folder], listener)) runs.push(run);
  return { runs, skipped };
}

function lines(...values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

describe('variants of the known forms', () => {
  it('tells runs of one file name apart by their folders', async () => {
    const steps = [
      { source: 'user', message: 'Fix it.' },
      { source: 'agent', message: 'Done.', step_id: 2 },
    ];
    const text = JSON.stringify({ schema_version: 'ATIF-v1.7', agent: { name: 'a', version: '1' }, steps });
    const { runs } = await readTexts({ 'one/agent/trajectory.json': text, 'two/agent/trajectory.json': text });
    expect(runs.map((run) => run.id)).toEqual(['one/trajectory', 'two/trajectory']);
  });

  it('does not count the steps that an ATIF continuation repeats', async () => {
    const steps = [
      { source: 'user', message: 'Fix it.', is_copied_context: true },
      { source: 'agent', message: 'I look.', step_id: 2, is_copied_context: true },
      { source: 'agent', message: 'I go on.', step_id: 3 },
    ];
    const { runs } = await readTexts({ 'a.json': JSON.stringify({ schema_version: 'ATIF-v1.5', agent: {}, steps }) });
    expect(runs[0]).toMatchObject({ task: 'Fix it.', steps: [{ text: 'I go on.' }] });
  });

  it("takes a Codex user's words from the items where there are no events of them", async () => {
    const message = (role: string, text: string) => ({
      type: 'response_item',
      payload: { type: 'message', role, content: [{ type: 'text', text }] },
    });
    const output = [{ type: 'input_text', text: 'Exit code: 2\nWall time: 0.1 seconds\nOutput:\nno' }];
    const { runs } = await readTexts({
      'rollout-1.jsonl': lines(
        { type: 'session_meta', payload: { session_id: 'cx-9', cwd: '/code', model: 'gpt-5.4' } },
        message('user', '<environment_context>\n<cwd>/code</cwd>'),
        message('user', '# AGENTS.md instructions for /code'),
        message('user', 'Fix the bug.'),
        { type: 'response_item', payload: { type: 'function_call', name: 'shell', arguments: '{}', call_id: 'c' } },
        { type: 'response_item', payload: { type: 'function_call_output', call_id: 'c', output } },
        message('assistant', 'It failed.'),
      ),
    });
    expect(runs[0]).toMatchObject({ id: 'cx-9', model: 'gpt-5.4', task: 'Fix the bug.' });
    expect(runs[0]!.steps.flatMap((step) => step.calls)).toMatchObject([{ name: 'shell', isError: true }]);
  });

  it('counts a line that a resumed Claude Code session repeats once, and the usage that an answer ends with', async () => {
    const base = { sessionId: 'cc-9', isSidechain: false, cwd: '/code' };
    const answer = (uuid: string, block: object, outputTokens: number) => ({
      ...base,
      uuid,
      type: 'assistant',
      message: {
        id: 'm1',
        role: 'assistant',
        content: [block],
        usage: { input_tokens: 10, output_tokens: outputTokens },
      },
    });
    const call = answer('u3', { type: 'tool_use', id: 't1', name: 'Bash', input: { command: 'ls' } }, 90);
    const { runs } = await readTexts({
      's.jsonl': lines(
        { ...base, uuid: 'u1', type: 'user', message: { role: 'user', content: 'Look.' } },
        answer('u2', { type: 'text', text: 'I look.' }, 1),
        call,
        call,
      ),
    });
    expect(runs[0]!.steps).toMatchObject([{ text: 'I look.', calls: [{ name: 'Bash' }] }]);
    expect(runs[0]!.record?.usage).toMatchObject({ inputTokens: 10, outputTokens: 90 });
  });

  it('knows messages whose content stands before the role, whatever is in it', async () => {
    const messages = [
      { content: 'Use {braces}, [brackets] and "quotes".', role: 'system' },
      { content: 'Fix it.', role: 'user' },
      { content: 'Done.', role: 'assistant' },
    ];
    const { runs, skipped } = await readTexts({
      'list.json': JSON.stringify(messages, null, 2),
      'object.json': JSON.stringify({ id: 'o', messages }, null, 2),
    });
    expect(skipped).toEqual([]);
    expect(runs.map((run) => [run.task, run.steps.length])).toEqual([
      ['Fix it.', 1],
      ['Fix it.', 1],
    ]);
  });

  it('knows a form by its first line, however long that is', async () => {
    const run = (id: string) => ({
      id,
      task: 'x'.repeat(600_000),
      steps: [{ index: 0, tool: 'bash', args: {}, result: '' }],
    });
    const { runs, skipped } = await readTexts({
      'long.jsonl': lines(run('a'), run('b')),
      'noise.json': JSON.stringify({ name: 'x'.repeat(600_000) }),
    });
    expect(runs.map((one) => one.id)).toEqual(['a', 'b']);
    expect(skipped).toEqual([expect.stringContaining('noise.json: its form is not known')]);
  });
});
