import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { jsonLines, run } from '../program/program.ts';
import { makePlace } from './place.ts';

type Place = ReturnType<typeof makePlace>;
let place: Place;

const failing = (n = 1) => ({
  hook_event_name: 'PostToolUseFailure',
  tool_name: 'Bash',
  tool_input: { command: 'npm test' },
  error: `Exit code 1\nnot ok ${n > 0 ? 1 : 0}`,
});

/** Installed, and the resident process up. */
async function begin(...flags: string[]): Promise<void> {
  await place.watch('install', 'claude', ...flags);
  await place.startResident();
}

beforeEach(() => {
  place = makePlace();
});

describe('the settings of the agents', () => {
  test.each([
    [
      'claude',
      '.claude/settings.json',
      '{\n  "theme": "dark",\n  "hooks": { "Stop": [{ "hooks": [{ "type": "command", "command": "true" }] }] }\n}\n',
    ],
    ['codex', '.codex/hooks.json', undefined],
    ['gemini', '.gemini/settings.json', undefined],
  ])('%s: hooks are added once, others stay, and uninstall gives the same bytes', async (agent, file, before) => {
    if (before !== undefined) writeFileSync(join(place.home, file), before);
    expect((await place.watch('install', agent)).code).toBe(0);
    const once = place.settings(file);
    await place.watch('install', agent);
    expect(place.settings(file)).toBe(once);
    const hooks = JSON.parse(once).hooks as Record<string, unknown[]>;
    expect(JSON.stringify(hooks)).toContain('hook.sh');
    if (before !== undefined) expect(hooks.Stop).toHaveLength(2);
    await place.watch('uninstall', agent);
    if (before === undefined) expect(existsSync(join(place.home, file))).toBe(false);
    else expect(place.settings(file)).toBe(before);
  });

  test('a file that was changed since loses our entries and nothing else', async () => {
    await place.watch('install', 'claude');
    const changed = place.settings('.claude/settings.json').replace('{', '{\n  "model": "opus",');
    writeFileSync(join(place.home, '.claude/settings.json'), changed);
    await place.watch('uninstall');
    expect(JSON.parse(place.settings('.claude/settings.json'))).toEqual({ model: 'opus' });
  });

  test('an unknown agent, an unknown action and nothing to install are one sentence, exit 2', async () => {
    for (const words of [['install', 'cursor'], ['begin'], ['install', 'opencode2']]) {
      const { code, stderr } = await place.watch(...words);
      expect(code).toBe(2);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  });
});

describe('a watched run', () => {
  test('a loop is reminded of after the call that made it one, and recorded', async () => {
    await begin();
    await place.hook('claude', { hook_event_name: 'UserPromptSubmit', prompt: 'Fix the failing test.' });
    const answers = [];
    for (let n = 0; n < 3; n++) answers.push(await place.hook('claude', failing()));
    expect(answers.slice(0, 2)).toEqual([undefined, undefined]);
    expect(answers[2]).toMatchObject({
      hookSpecificOutput: {
        hookEventName: 'PostToolUseFailure',
        additionalContext: expect.stringContaining('3 times'),
      },
    });
    await place.hook('claude', { hook_event_name: 'SessionEnd' });
    const types = place.records().map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['header', 'note', 'step', 'signal', 'reminder', 'recovery']));
    expect(place.records()[0]).toMatchObject({ agent: 'claude', mode: 'on', cwd: place.cwd });
    expect(statSync(join(place.wink, 'watch/socket')).mode & 0o777).toBe(0o600);
  });

  test('in shadow nothing is said, and what would have been is recorded', async () => {
    await begin('--shadow');
    await place.hook('claude', { hook_event_name: 'UserPromptSubmit', prompt: 'Fix it. Do not touch package.json.' });
    for (let n = 0; n < 4; n++) expect(await place.hook('claude', failing())).toBeUndefined();
    const edit = {
      tool_name: 'Edit',
      tool_input: { file_path: join(place.cwd, 'package.json'), old_string: 'a', new_string: 'b' },
    };
    expect(await place.hook('claude', { hook_event_name: 'PreToolUse', ...edit })).toBeUndefined();
    expect(place.records().filter(({ type }) => type === 'reminder')).toMatchObject([{ mode: 'shadow' }]);
  });

  test('a call that breaks what the user said is denied before it acts, with both sides', async () => {
    await begin();
    await place.hook('claude', { hook_event_name: 'UserPromptSubmit', prompt: 'Fix it. Do not touch package.json.' });
    const edit = {
      tool_name: 'Edit',
      tool_input: { file_path: join(place.cwd, 'package.json'), old_string: 'a', new_string: 'b' },
    };
    const answer = await place.hook('claude', { hook_event_name: 'PreToolUse', ...edit });
    expect(answer).toMatchObject({ hookSpecificOutput: { permissionDecision: 'deny' } });
    expect(JSON.stringify(answer)).toContain('Do not touch package.json');
    const other = { ...edit, tool_input: { ...edit.tool_input, file_path: join(place.cwd, 'a.js') } };
    expect(await place.hook('claude', { hook_event_name: 'PreToolUse', ...other })).toBeUndefined();
  });

  test('a claim that the record contradicts keeps the turn from ending, once', async () => {
    await begin();
    await place.hook('claude', { hook_event_name: 'UserPromptSubmit', prompt: 'Fix the failing test.' });
    const edit = {
      tool_name: 'Edit',
      tool_input: { file_path: join(place.cwd, 'a.js'), old_string: 'a', new_string: 'b' },
    };
    await place.hook('claude', { hook_event_name: 'PostToolUse', ...edit, tool_response: 'ok' });
    await place.hook('claude', {
      ...failing(),
      error: 'Exit code 1\n# tests 3\n# pass 2\n# fail 1\nnot ok 1 - adds',
    });
    const stop = { hook_event_name: 'Stop', last_assistant_message: 'Done: all tests pass.' };
    const first = await place.hook('claude', { ...stop, stop_hook_active: false });
    expect(first).toMatchObject({ decision: 'block' });
    expect(await place.hook('claude', { ...stop, stop_hook_active: true })).toBeUndefined();
  });

  test('after a compaction the user’s prohibitions are put back', async () => {
    await begin();
    await place.hook('claude', { hook_event_name: 'UserPromptSubmit', prompt: 'Fix it. Do not touch package.json.' });
    const answer = await place.hook('claude', { hook_event_name: 'SessionStart', source: 'compact' });
    expect(JSON.stringify(answer)).toContain('Do not touch package.json');
  });

  test('subagents are runs of their own', async () => {
    await begin();
    await place.hook('claude', { hook_event_name: 'UserPromptSubmit', prompt: 'Fix the failing test.' });
    for (let n = 0; n < 4; n++) {
      const agent_id = n % 2 === 0 ? 'sub' : undefined;
      expect(await place.hook('claude', { ...failing(), ...(agent_id ? { agent_id } : {}) })).toBeUndefined();
    }
  });

  test('what comes while nobody listens is kept, and taken in its order', async () => {
    await place.watch('install', 'claude');
    await place.hook('claude', { hook_event_name: 'UserPromptSubmit', prompt: 'Do not touch package.json.' });
    await expect.poll(() => place.records().map(({ type }) => type), { timeout: 20_000 }).toContain('note');
    const edit = { tool_name: 'Write', tool_input: { file_path: join(place.cwd, 'package.json'), content: '{}' } };
    const answer = await place.hook('claude', { hook_event_name: 'PreToolUse', ...edit });
    expect(answer).toMatchObject({ hookSpecificOutput: { permissionDecision: 'deny' } });
  });

  test('uninstall ends the resident process', async () => {
    await begin();
    await place.watch('uninstall');
    await expect
      .poll(async () => (await place.watch('status')).stdout, { timeout: 20_000 })
      .toContain('is not running');
  });

  test('what is no event of ours is answered with nothing, and the process lives', async () => {
    await begin();
    expect(await place.hook('claude', { hook_event_name: 'Weather' })).toBeUndefined();
    expect(await place.hook('claude', { hook_event_name: 'PostToolUse', tool_input: 7 })).toBeUndefined();
    expect((await place.watch('status', '--format', 'json')).stdout).toContain('"pid"');
  });

  test('gemini’s events and answers have its own form', async () => {
    await place.watch('install', 'gemini');
    await begin();
    await place.hook('gemini', { hook_event_name: 'BeforeAgent', prompt: 'Fix it. Do not touch package.json.' });
    const edit = { tool_name: 'replace', tool_input: { file_path: join(place.cwd, 'package.json') } };
    const answer = await place.hook('gemini', { hook_event_name: 'BeforeTool', ...edit });
    expect(answer).toMatchObject({ decision: 'deny' });
  });

  test('report reads the watched runs', async () => {
    await begin();
    await place.hook('claude', { hook_event_name: 'UserPromptSubmit', prompt: 'Fix the failing test.' });
    for (let n = 0; n < 3; n++) await place.hook('claude', failing());
    await place.hook('claude', { hook_event_name: 'SessionEnd' });
    const { stdout, code } = await place.watch('report', '--format', 'json');
    expect(code).toBe(0);
    expect(stdout).toContain('infinite-loop');
  });
});

test('serve --json: one event a line in, one answer a line out', async () => {
  const event = (more: object) => JSON.stringify({ session_id: 'x', cwd: place.cwd, ...more });
  const lines = [
    event({ hook_event_name: 'UserPromptSubmit', prompt: 'Fix the failing test.' }),
    event(failing()),
    event(failing()),
    event(failing()),
    'no json',
    event({ hook_event_name: 'SessionEnd' }),
  ];
  const { stdout, code } = await run(['watch', 'serve', '--json'], { ...place, input: `${lines.join('\n')}\n` });
  expect(code).toBe(0);
  expect(jsonLines(stdout).map(({ kind }) => kind)).toEqual([
    'nothing',
    'nothing',
    'nothing',
    'context',
    'error',
    'nothing',
  ]);
});

test('the example in Python prints the reminder', async () => {
  const python = readFileSync(join(import.meta.dirname, '../../docs/watch.md'), 'utf8').match(
    /```python\n([\s\S]*?)```/,
  )![1]!;
  writeFileSync(join(place.cwd, 'harness.py'), python);
  const bin = join(place.home, 'bin');
  mkdirSync(bin);
  symlinkSync(join(import.meta.dirname, '../../bin/wink-agent.js'), join(bin, 'wink-agent'));
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: place.home, WINK_HOME: place.wink };
  const { stdout, stderr, status } = spawnSync('python3', ['harness.py'], { cwd: place.cwd, env, encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout).toContain('3 times');
});
