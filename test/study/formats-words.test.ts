import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { noticesIn } from '../../src/observer/step/person-words.ts';
import { openTrajectories } from '../../src/study/input/read-trajectories.ts';
import type { StudyTrajectory } from '../../src/study/input/trajectory.ts';
import { makeFolder } from './temporary.ts';

async function readText(text: string, name = 'session.jsonl') {
  const folder = await makeFolder('words');
  const file = join(folder, name);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  const runs: StudyTrajectory[] = [];
  const skipped: string[] = [];
  const listener = { onSkip: (place: string, reason: string) => skipped.push(`${place}: ${reason}`) };
  for await (const run of openTrajectories([file], listener)) runs.push(run);
  return { run: runs[0]!, skipped };
}

function lines(values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\n`).join('');
}

/** Everything that counts as a person's words, in order. */
function wordsOf(run: StudyTrajectory): string[] {
  return [run.task, ...run.steps.flatMap((step) => step.userTexts)];
}

let second = 0;

/** A line of Claude Code's session file, a second after the last. */
function claude(type: string, more: object): object {
  second += 1;
  const timestamp = new Date(Date.UTC(2026, 2, 1) + second * 1000).toISOString();
  return { sessionId: 'cc-9', isSidechain: false, uuid: `u${second}`, timestamp, cwd: '/home/ana/calc', type, ...more };
}

const person = (content: unknown, more: object = {}) => claude('user', { message: { role: 'user', content }, ...more });
const says = (text: string) =>
  claude('assistant', { message: { id: `m${second}`, content: [{ type: 'text', text }] } });
const calls = (id: string, name: string, input: object = {}) =>
  claude('assistant', { message: { id: `m${second}`, content: [{ type: 'tool_use', id, name, input }] } });
const result = (id: string, content: unknown, isError = false) =>
  person([{ type: 'tool_result', tool_use_id: id, content, is_error: isError }]);
const queue = (operation: string, content?: string) =>
  claude('queue-operation', { uuid: undefined, operation, content });

const declined =
  "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it was a file edit, the new_string was NOT written to the file).";

describe('words of a person in Claude Code', () => {
  it('takes queued messages once, where the model got them, whatever the version wrote down', async () => {
    const { run } = await readText(
      lines([
        queue('enqueue', 'Fix the sum.\n'),
        queue('dequeue'),
        person('Fix the sum.'),
        calls('t1', 'Read', { file_path: 'a.js' }),
        queue('enqueue', 'Leave b.js alone.'),
        queue('enqueue', 'And be quick.'),
        result('t1', 'export'),
        queue('remove'),
        says('I leave it.'),
        queue('remove'),
        claude('attachment', {
          attachment: { type: 'queued_command', prompt: 'And be quick.', commandMode: 'prompt' },
        }),
        says('Quick it is.'),
        queue('enqueue', 'Never mind.'),
        queue('popAll'),
        person('Thanks.'),
        says('Done.'),
      ]),
    );
    expect(wordsOf(run)).toEqual(['Fix the sum.', 'Leave b.js alone.', 'And be quick.', 'Thanks.']);
    expect(run.steps.map((step) => step.userTexts.length)).toEqual([0, 1, 1, 1]);
  });

  it('takes neither notifications nor hook output, loaded tools, editor tags or summaries for a person', async () => {
    const notification = '<task-notification>\n<task-id>a1</task-id>\n<status>completed</status>\n</task-notification>';
    const { run } = await readText(
      lines([
        person([
          {
            type: 'text',
            text: '<ide_opened_file>The user opened the file /home/ana/a.js in the IDE.</ide_opened_file>',
          },
          { type: 'text', text: 'Why is <Sum> red?' },
        ]),
        says('Because.'),
        queue('enqueue', notification),
        queue('dequeue'),
        person(notification, { origin: { kind: 'task-notification' } }),
        claude('attachment', {
          attachment: { type: 'queued_command', prompt: notification, commandMode: 'task-notification' },
        }),
        queue('enqueue', '{"task_id":"b1","description":"do not touch anything"}'),
        queue('dequeue'),
        person('Stop hook feedback:\n[check.sh]: Do not stop yet.'),
        person('Operation stopped by hook: never push.'),
        person([{ type: 'text', text: 'Tool loaded.' }]),
        person('Base directory for this skill: /home/ana/.claude/skills/review\n\n# Review\nNever edit.', {
          isMeta: true,
        }),
        person('This session is being continued from a previous conversation that ran out of context. Never commit.'),
        person('<system-reminder>\nDo not mention this.\n</system-reminder>'),
        says('Still because.'),
        person('<system-reminder>The plan file is there.</system-reminder>\nGo on.'),
        says('Done.'),
      ]),
    );
    expect(wordsOf(run)).toEqual(['Why is <Sum> red?', 'Go on.']);
  });

  it('keeps what the program told the agent apart from the person’s words', () => {
    const ended =
      '<task-notification><task-id>b1</task-id><status>completed</status><summary>Command "make" ended (exit code 0)</summary></task-notification>';
    expect(noticesIn(`${ended}\nGo on.`)).toEqual(['Command "make" ended (exit code 0)']);
    expect(noticesIn('<bash-stdout>2 failed</bash-stdout><bash-stderr></bash-stderr>')).toEqual([
      "the user's own command (stdout): 2 failed",
    ]);
    expect(noticesIn('<system-reminder>Say nothing.</system-reminder>Fix <Sum>.')).toEqual([]);
  });

  it('takes the arguments of slash commands, and a command for the agent itself, but not what the program does by itself', async () => {
    const { run } = await readText(
      lines([
        person('<command-message>review</command-message>\n<command-name>/review</command-name>'),
        says('I review.'),
        person(
          '<command-message>team:fix</command-message>\n<command-name>/team:fix</command-name>\n<command-args>only src/a.js, please</command-args>',
        ),
        says('I fix.'),
        person(
          '<command-name>/model</command-name>\n<command-message>model</command-message>\n<command-args>opus</command-args>',
        ),
        person('<local-command-stdout>Set model</local-command-stdout>'),
        person('<bash-input>git status</bash-input>'),
        queue('enqueue', '/reload-plugins'),
        queue('dequeue'),
        says('Done.'),
      ]),
    );
    expect(wordsOf(run)).toEqual(['/review', '/team:fix only src/a.js, please']);
  });

  it('takes the words in a declined call and the answers to questions, and tells why a call did not run', async () => {
    const { run } = await readText(
      lines([
        person('Make a release.'),
        calls('t1', 'Bash', { command: 'git push' }),
        result(
          't1',
          `${declined} To tell you how to proceed, the user said:\nnot to main, please\n\nNote: The user's next message may contain a correction.`,
          true,
        ),
        calls('t2', 'AskUserQuestion', {}),
        result(
          't2',
          'User has answered your questions: "Which branch?"="release", "Tag it?"="no, "v1" is taken". You can now continue with the user\'s answers in mind.',
        ),
        calls('t3', 'AskUserQuestion', {}),
        result(
          't3',
          `${declined} To tell you how to proceed, the user said:\nThe user wants to clarify these questions.\n    Questions asked:\n- "Now?"\n  (No answer provided)`,
          true,
        ),
        calls('t4', 'Bash', { command: 'a' }),
        result('t4', '<tool_use_error>Sibling tool call errored</tool_use_error>', true),
        calls('t5', 'Bash', { command: 'b' }),
        result('t5', 'PreToolUse:Bash hook error: [guard.sh]: no', true),
        calls('t6', 'Bash', { command: 'c' }),
        result('t6', 'Exit code 1\nThe user declined the offer', true),
        says('Done.'),
      ]),
    );
    expect(wordsOf(run)).toEqual([
      'Make a release.',
      'not to main, please',
      'Which branch? release\nTag it? no, "v1" is taken',
    ]);
    const kinds = run.steps.flatMap((step) => step.calls.map((call) => call.errorKind));
    expect(kinds).toEqual(['denied', undefined, 'denied', 'cancelled', 'blocked', undefined]);
  });

  it('keeps a plan that the agent wrote apart from the words that accept it', async () => {
    const { run } = await readText(
      lines([
        person(
          'Implement the following plan:\n\n# Plan\n\nNever touch b.js.\n\nIf you need specific details from before exiting plan mode, read x',
        ),
        says('Done.'),
      ]),
    );
    expect(wordsOf(run)).toEqual(['Implement the following plan.']);
    expect(run.plan).toBe('# Plan\n\nNever touch b.js.');
  });

  it('says that there was a picture, and tells two of them apart', async () => {
    const picture = (data: string) => ({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } });
    const { run } = await readText(
      lines([
        person([{ type: 'text', text: 'Make it look like this.' }, picture('aaaa')]),
        calls('t1', 'mcp__browser__screenshot'),
        result('t1', [picture('bbbb')]),
        calls('t2', 'mcp__browser__screenshot'),
        result('t2', [picture('cccc')]),
      ]),
    );
    expect(run.task).toBe('Make it look like this.\n[image]');
    const [one, two] = run.steps.flatMap((step) => step.calls);
    expect(one!.output).toBe('[image]');
    expect(one!.loopKey).not.toBe(two!.loopKey);
  });

  it('prices what the models used, and leaves the waits for the person out of the active time', async () => {
    const usage = {
      input_tokens: 1000,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      output_tokens: 100,
    };
    const at = (minute: number) => ({ timestamp: new Date(Date.UTC(2026, 2, 2, 0, minute)).toISOString() });
    const answer = (id: string) => ({
      id,
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text: 'Done.' }],
      usage,
    });
    const { run } = await readText(
      lines([
        person('Fix it.', at(0)),
        claude('assistant', { message: answer('m1'), ...at(2) }),
        person('And this.', at(50)),
        claude('assistant', { message: answer('m2'), ...at(53) }),
      ]),
    );
    expect(run.record?.usage?.costUsd).toBeCloseTo(2 * (0.003 + 0.0015), 6);
    expect(run.record).toMatchObject({ durationMs: 53 * 60_000, activeMs: 5 * 60_000 });
  });

  it('reads two objects in one line, and what is whole behind one that was cut off', async () => {
    const [one, two, three] = [person('Fix it.'), says('I look.'), says('Done.')].map((line) => JSON.stringify(line));
    const { run, skipped } = await readText(`${one}${two}\n${one!.slice(0, 40)}${three}\n`);
    expect(run.task).toBe('Fix it.');
    expect(run.steps.map((step) => step.text)).toEqual(['I look.', 'Done.']);
    expect(skipped).toEqual([expect.stringContaining(':2: it is not whole JSON')]);
  });

  it('answers calls in order where ids were taken out', async () => {
    const { run } = await readText(
      lines([
        person('Look.'),
        calls('REDACTED', 'Read', { file_path: 'a.js' }),
        result('REDACTED', 'first'),
        calls('REDACTED', 'Read', { file_path: 'b.js' }),
        result('REDACTED', 'second'),
      ]),
    );
    expect(run.steps.flatMap((step) => step.calls.map((call) => call.output))).toEqual(['first', 'second']);
  });
});

describe('other agents', () => {
  it('reads Copilot CLI events: words as typed, calls, exit codes, declined calls, instructions', async () => {
    const event = (type: string, data: object) => ({ type, data, id: type, timestamp: '2026-03-01T10:00:00.000Z' });
    const { run } = await readText(
      lines([
        event('session.start', { sessionId: 'cp-1', context: { cwd: '/home/ana/calc', gitRoot: '/home/ana/calc' } }),
        event('system.message', { content: 'You are…\n<custom_instruction>\nUse tabs.\n</custom_instruction>' }),
        event('user.message', {
          content: 'Fix it.',
          transformedContent:
            '<current_datetime>now</current_datetime>\n\nFix it.\n<system_reminder>todos</system_reminder>',
          attachments: [],
        }),
        event('user.message', { content: 'Skill text', source: 'skill-review' }),
        event('assistant.message', {
          messageId: 'm1',
          model: 'claude-sonnet-4.6',
          content: 'I run it.',
          reasoningText: 'Look first.',
          toolRequests: [
            { toolCallId: 't1', name: 'bash', arguments: { command: 'npm test' } },
            { toolCallId: 't2', name: 'bash', arguments: { command: 'git push' } },
          ],
        }),
        event('assistant.message', { parentToolCallId: 't1', messageId: 's1', content: 'I am a subagent.' }),
        event('tool.execution_complete', {
          toolCallId: 't1',
          success: true,
          result: { content: '1 failing\n<shellId: 2 completed with exit code 1>' },
        }),
        event('tool.execution_complete', {
          toolCallId: 't2',
          success: false,
          error: { message: 'The user rejected this tool call. User feedback: not on Fridays', code: 'rejected' },
        }),
        event('system.notification', { content: '<system_notification>Shell command done</system_notification>' }),
        event('assistant.message', { messageId: 'm2', content: 'Done.' }),
      ]),
    );
    expect(run).toMatchObject({ id: 'cp-1', agent: 'Copilot CLI', model: 'claude-sonnet-4.6', cwd: '/home/ana/calc' });
    expect(run.instructions).toEqual([{ source: 'AGENTS.md', text: 'Use tabs.' }]);
    expect(wordsOf(run)).toEqual(['Fix it.', 'not on Fridays']);
    expect(run.steps.map((step) => step.text)).toEqual(['I run it.', 'Done.']);
    expect(run.steps[0]!.calls.map((call) => [call.isError, call.errorKind])).toEqual([
      [true, undefined],
      [true, 'denied'],
    ]);
  });

  it('reads Codex: AGENTS.md as instructions, searches as calls, editor context not as words, repeated totals once', async () => {
    const item = (payload: object) => ({ type: 'response_item', payload });
    const user = (...texts: string[]) =>
      item({ type: 'message', role: 'user', content: texts.map((text) => ({ type: 'input_text', text })) });
    const count = (input: number, output: number) => ({
      type: 'event_msg',
      payload: { type: 'token_count', info: { total_token_usage: { input_tokens: input, output_tokens: output } } },
    });
    const { run } = await readText(
      lines([
        { type: 'session_meta', payload: { id: 'cx-9', cwd: '/home/ana/calc' } },
        { type: 'turn_context', payload: { model: 'gpt-5.1' } },
        user('# AGENTS.md instructions for /home/ana/calc\n\n<INSTRUCTIONS>\nUse tabs.\n</INSTRUCTIONS>'),
        user('<environment_context>\n  <cwd>/home/ana/calc</cwd>\n</environment_context>'),
        user('# Context from my IDE setup:\n\n## Active file: a.js\n\n## My request for Codex:\nFix it.\n'),
        item({ type: 'web_search_call', status: 'completed', action: { type: 'search', query: 'sum' } }),
        item({ type: 'tool_search_call', call_id: 't1', arguments: { query: 'issues' } }),
        item({ type: 'tool_search_output', call_id: 't1', tools: [{ name: 'github', tools: [{ name: 'fetch_pr' }] }] }),
        count(1_000_000, 1000),
        count(1_000_000, 1000),
        item({ type: 'function_call', call_id: 't2', name: 'shell', arguments: '{"command":["ls"]}' }),
        item({ type: 'function_call_output', call_id: 't2', output: 'exec command rejected by user' }),
        user('<turn_aborted>\nThe user interrupted the previous turn on purpose.\n</turn_aborted>'),
      ]),
    );
    expect(run.instructions).toEqual([{ source: 'AGENTS.md', text: 'Use tabs.' }]);
    expect(wordsOf(run)).toEqual(['Fix it.']);
    const made = run.steps.flatMap((step) => step.calls);
    expect(made.map((call) => [call.name, call.output])).toEqual([
      ['web_search', ''],
      ['tool_search', 'github\nfetch_pr'],
      ['shell', 'exec command rejected by user'],
    ]);
    expect(made[2]!.errorKind).toBe('denied');
    expect(run.record?.usage).toMatchObject({ inputTokens: 1_000_000, outputTokens: 1000 });
    expect(run.record?.usage?.costUsd).toBeGreaterThan(1);
  });

  it('reads an opencode export whose ids were taken out', async () => {
    const tool = (input: object, output: string) => ({
      id: 'REDACTED',
      type: 'tool',
      tool: 'read',
      callID: 'REDACTED',
      state: { status: 'completed', input, output },
    });
    const answer = (...parts: object[]) => ({ info: { id: 'REDACTED', role: 'assistant', modelID: 'm' }, parts });
    const { run } = await readText(
      JSON.stringify({
        info: { id: 'REDACTED', directory: '/home/ana/calc', projectID: 'REDACTED' },
        messages: [
          {
            info: { id: 'REDACTED', role: 'user' },
            parts: [
              { type: 'text', text: 'Look.' },
              { type: 'text', text: 'Called the Read tool with the following input: {}', synthetic: true },
              { type: 'file', mime: 'image/png', url: 'data:image/png;base64,aaaa' },
            ],
          },
          answer({ type: 'step-start' }, tool({ filePath: 'a.js' }, 'first'), tool({ filePath: 'b.js' }, 'second')),
          answer({ type: 'step-start' }, { type: 'text', text: 'Done.' }),
        ],
      }),
      'export.json',
    );
    expect(run).toMatchObject({ agent: 'opencode', task: 'Look.\n[image]', cwd: '/home/ana/calc' });
    expect(run.id).not.toBe('REDACTED');
    expect(run.steps.map((step) => step.calls.map((call) => call.output))).toEqual([['first', 'second'], []]);
  });
});
