import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { joinAnswers } from '../../src/hooks/hook-answer.ts';
import { type HookEvent, type HookSettings, listHooks } from '../../src/hooks/hook-settings.ts';
import { createHooks } from '../../src/hooks/hooks.ts';
import { describeCall } from '../../src/hooks/tool-facts.ts';
import { makeFolder } from '../program/program.ts';

const none: HookSettings = { sessionStart: [], beforeTool: [], afterTool: [], sessionEnd: [] };
const plainHook = (command: string, match?: string, timeoutSeconds = 20) => ({ command, match, timeoutSeconds });
const group = (command: string, matcher?: string, more: object = {}) => ({
  ...(matcher === undefined ? {} : { matcher }),
  hooks: [{ type: 'command', command, ...more }],
});

function setUp(settings: Partial<HookSettings>) {
  const cwd = makeFolder();
  const messages: string[] = [];
  const onMessage = (message: string) => messages.push(message);
  const hooks = createHooks({
    hooks: listHooks({ ...none, ...settings }, () => 'user', [], onMessage),
    place: { cwd, env: { ...process.env, CLAUDE_PROJECT_DIR: cwd } },
    common: () => ({ session_id: 's', cwd }),
    onMessage,
  });
  const before = (tool: string, facts: object = {}) =>
    hooks.ask('PreToolUse', [tool], { common: { tool_name: tool }, plain: { hook: 'beforeTool', tool, ...facts } });
  return { cwd, messages, hooks, before };
}

test('exit 2 refuses a call, with what the hook printed as the reason', async () => {
  const { before } = setUp({ beforeTool: [plainHook('echo "no edits today" >&2; exit 2', 'edit|write')] });
  expect(await before('edit')).toMatchObject({ decision: 'block', reason: 'no edits today' });
  expect((await before('read')).decision).toBeUndefined();
});

test('a hook of the first form gets its facts as one line of JSON on stdin', async () => {
  const { cwd, before } = setUp({ beforeTool: [plainHook('cat > seen.json')] });
  await before('shell', { input: { command: 'ls' } });
  expect(JSON.parse(readFileSync(join(cwd, 'seen.json'), 'utf8'))).toEqual({
    hook: 'beforeTool',
    tool: 'shell',
    input: { command: 'ls' },
  });
});

test('a guard that can’t be started or does not end refuses; one of the first form that fails otherwise is told and changes nothing', async () => {
  const { messages, before } = setUp({ beforeTool: [plainHook('exit 7')] });
  expect((await before('shell')).decision).toBeUndefined();
  expect(messages).toEqual(['The hook `exit 7` ended with 7.']);
  for (const hook of [plainHook('no-such-program-at-all'), plainHook('sleep 100', undefined, 0.2)]) {
    const guard = setUp({ beforeTool: [hook] });
    const answer = await guard.before('shell');
    expect(answer.decision).toBe('block');
    expect(answer.reason).toContain('The call is refused, because a broken guard could not check it.');
    expect(guard.messages).toHaveLength(1);
  }
});

test.each([
  ['a crash', 'exit 1'],
  ['a missing program', 'no-such-program-at-all'],
  ['JSON that is none', `echo '{"decision": '`],
  ['a signal', 'kill -9 $$'],
])('a guard of the common form that is broken by %s refuses and says so', async (_, command) => {
  const { messages, before } = setUp({ PreToolUse: [group(command)] });
  expect(await before('Bash')).toMatchObject({ decision: 'block', reason: expect.stringContaining('broken') });
  expect(messages).toHaveLength(1);
});

test('a broken hook elsewhere is told and changes nothing', async () => {
  const events: HookEvent[] = ['PostToolUse', 'UserPromptSubmit', 'Stop', 'PreCompact', 'SessionStart'];
  for (const event of events) {
    const { messages, hooks } = setUp({ [event]: [group('exit 1')] });
    expect((await hooks.ask(event, ['x'], { common: {} })).decision).toBeUndefined();
    expect(messages).toEqual(['The hook `exit 1` ended with 1.']);
  }
});

const print = (output: object) => `cat > seen.json; echo '${JSON.stringify(output)}'`;

test('JSON on stdout decides: deny over ask over allow, with reason, context, other arguments and words for the user', async () => {
  const decision = (permissionDecision: string, more: object = {}) =>
    group(
      print({
        hookSpecificOutput: {
          hookEventName: 'PreToolUse',
          permissionDecision,
          permissionDecisionReason: `said ${permissionDecision}`,
          ...more,
        },
      }),
    );
  const allow = setUp({
    PreToolUse: [decision('allow', { updatedInput: { command: 'ls' }, additionalContext: 'A word.' })],
  });
  expect(await allow.before('Bash')).toMatchObject({
    decision: 'allow',
    reason: 'said allow',
    updatedInput: { command: 'ls' },
    context: 'A word.',
  });
  expect((await setUp({ PreToolUse: [decision('allow'), decision('ask')] }).before('Bash')).decision).toBe('ask');
  expect(
    await setUp({ PreToolUse: [decision('ask'), decision('deny'), decision('allow')] }).before('Bash'),
  ).toMatchObject({ decision: 'block', reason: 'said deny' });
  const old = setUp({
    PreToolUse: [group(print({ decision: 'block', reason: 'the old way', systemMessage: 'Look.' }))],
  });
  expect(await old.before('Bash')).toMatchObject({ decision: 'block', reason: 'the old way' });
  expect(old.messages).toEqual(['Look.']);
  expect(
    (await setUp({ PreToolUse: [group(print({ continue: false, stopReason: 'enough' }))] }).before('Bash')).stop,
  ).toBe('enough');
});

test('a carriage return in what a hook says hides nothing before it', async () => {
  const says = `printf %s '${JSON.stringify({ additionalContext: 'shown\rand\r\nthis' })}'`;
  const { hooks, before } = setUp({
    UserPromptSubmit: [group(`printf 'evil\\r fine'`)],
    PreToolUse: [group(says, 'Bash'), group(`printf 'no\\rway' >&2; exit 2`, 'Edit')],
  });
  expect((await hooks.ask('UserPromptSubmit', [], { common: {} })).context).toBe('evil\n fine');
  expect((await before('Bash')).context).toBe('shown\nand\nthis');
  expect((await before('Edit')).reason).toBe('no\nway');
});

test('an answer says whose hooks gave each part of it', () => {
  const none = { reason: '', context: '', messages: [] };
  const { by } = joinAnswers([
    { owner: 'user', answer: { ...none, decision: 'allow', context: 'A word.' } },
    { owner: 'repository', answer: { ...none, decision: 'block', context: 'Another.', updatedInput: {} } },
    { owner: 'user', answer: { ...none, stop: 'enough' } },
    { owner: 'repository', answer: { ...none, stop: 'enough as well' } },
  ]);
  expect(by).toEqual({
    decision: 'A hook of this repository',
    context: 'A hook of the user, and one of this repository,',
    updatedInput: 'A hook of this repository',
    stop: 'A hook of the user',
  });
});

test('what a start or prompt hook prints is context, what others print is nothing', async () => {
  const { hooks } = setUp({ UserPromptSubmit: [group('echo "It is Tuesday."')], Stop: [group('echo done')] });
  expect((await hooks.ask('UserPromptSubmit', [], { common: {} })).context).toBe('It is Tuesday.');
  expect((await hooks.ask('Stop', [], { common: {} })).context).toBe('');
});

test('matchers name tools exactly or by a regular expression; a broken one is for all', async () => {
  const runs = async (matcher: string | undefined, ...names: string[]) => {
    const { hooks } = setUp({ PreToolUse: [group('exit 2', matcher)] });
    return (await hooks.ask('PreToolUse', names, { common: {} })).decision === 'block';
  };
  expect(await runs('Bash', 'Bash', 'shell')).toBe(true);
  expect(await runs('shell', 'Bash', 'shell')).toBe(true);
  expect(await runs('Bas', 'Bash')).toBe(false);
  expect(await runs('Edit|Write', 'MultiEdit', 'Edit')).toBe(true);
  expect(await runs('mcp__.*__write.*', 'mcp__files__write_file')).toBe(true);
  expect(await runs('mcp__.*__write.*', 'mcp__files__read')).toBe(false);
  for (const all of [undefined, '', '*']) expect(await runs(all, 'Read')).toBe(true);
  expect(await runs('(', 'Read')).toBe(true);
});

test('calls are told in the form that other agents’ hooks read', () => {
  const path = { kind: 'path', access: 'write', path: '/r/a.ts' } as const;
  expect(describeCall('edit', { path: 'a.ts', edits: [{ oldText: 'x', newText: 'y' }] }, [path])).toEqual({
    names: ['Edit', 'edit'],
    facts: {
      tool_name: 'Edit',
      tool_input: { file_path: '/r/a.ts', old_string: 'x', new_string: 'y', replace_all: false },
    },
  });
  const two = describeCall(
    'edit',
    {
      path: 'a.ts',
      edits: [
        { oldText: 'x', newText: 'y' },
        { oldText: 'z', newText: '', all: true },
      ],
    },
    [path],
  );
  expect(two.names).toEqual(['MultiEdit', 'Edit', 'edit']);
  expect(two.facts.tool_input.edits).toHaveLength(2);
  expect(describeCall('write', { path: 'a.ts', content: 'x' }, [path]).facts).toEqual({
    tool_name: 'Write',
    tool_input: { file_path: '/r/a.ts', content: 'x' },
  });
  expect(describeCall('shell', { command: 'ls' }, [{ kind: 'command', command: 'ls' }]).facts).toEqual({
    tool_name: 'Bash',
    tool_input: { command: 'ls' },
  });
  expect(describeCall('mcp__a__b', { x: 1 }, []).facts).toEqual({ tool_name: 'mcp__a__b', tool_input: { x: 1 } });
});

test('nobody waits for the other hooks, and closing ends what still runs', async () => {
  const { cwd, hooks } = setUp({
    afterTool: [plainHook('touch started; sleep 100; touch ended')],
    sessionEnd: [plainHook('touch end')],
    Stop: [group('sleep 100', undefined, { async: true })],
  });
  hooks.tell('PostToolUse', ['read'], { plain: { tool: 'read' } });
  hooks.tell('SessionEnd', [], { plain: {} });
  expect(await hooks.ask('Stop', [], { common: {} })).toMatchObject({ reason: '' });
  await expect.poll(() => existsSync(join(cwd, 'started')) && existsSync(join(cwd, 'end'))).toBe(true);
  await hooks.close(0);
  expect(existsSync(join(cwd, 'ended'))).toBe(false);
});

test('a hook that leaves a program running behind it has ended all the same', async () => {
  const { before } = setUp({ PreToolUse: [group('sleep 30 & exit 2')] });
  expect((await before('Bash')).decision).toBe('block');
});
