import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { beforeEach, describe, expect, test } from 'vitest';
import { writeAnswer } from '../../src/watch/agents/write-answer.ts';
import { compiledCode } from '../compiled-code.ts';
import { jsonLines, run } from '../program/program.ts';
import { findProgram, makePlace } from './place.ts';

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

test('settings that are no JSON are left alone, and said; so are an unknown agent and an unknown action', async () => {
  writeFileSync(join(place.home, '.claude/settings.json'), '["hooks"]');
  for (const words of [
    ['install', 'claude'],
    ['install', 'cursor'],
    ['begin'],
    ['wrong'],
    ['serve'],
    ['status', '--format', 'xml'],
  ]) {
    const { code, stderr } = await place.watch(...words);
    expect(code, words.join(' ')).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  }
  expect(place.settings('.claude/settings.json')).toBe('["hooks"]');
});

test('two installs at once leave it installed once', async () => {
  const ends = await Promise.all([1, 2].map(() => place.watch('install', 'claude')));
  expect(ends.some(({ code }) => code === 0)).toBe(true);
  for (const { code, stderr } of ends) if (code !== 0) expect(stderr).toContain('at work; try again');
  expect(JSON.parse(place.settings('.claude/settings.json')).hooks.Stop).toHaveLength(1);
});

describe('hooks', () => {
  test('a loop is reminded of, recorded, reported and called wrong; the socket is the user’s alone', async () => {
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
    expect(statSync(join(place.wink, 'watch/socket')).mode & 0o777).toBe(0o600);
    expect((await place.watch('wrong')).stdout).toContain('false alarm: r1 (infinite-loop): The same Bash call');
    expect(await place.hook('claude', failing())).toBeUndefined();
    for (const event of [{ hook_event_name: 'Weather' }, { hook_event_name: 'PostToolUse', tool_input: 7 }])
      expect(await place.hook('claude', event)).toBeUndefined();
    await place.hook('claude', { hook_event_name: 'SessionEnd' });
    const types = place.records().map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['header', 'note', 'step', 'signal', 'reminder', 'recovery', 'end']));
    expect(place.records()[0]).toMatchObject({ agent: 'claude', mode: 'on', cwd: place.cwd });
    expect((await place.watch('wrong', 'r1')).code).toBe(0);
    expect(place.records().findLast(({ type }) => type === 'recovery')).toMatchObject({ wrong: true });
    const report = await place.watch('report', '--format', 'json');
    expect(report.stdout).toContain('Called wrong by the user');
    expect(report.stdout).toContain('Claude Code');
    const status = JSON.parse((await place.watch('status', '--format', 'json')).stdout);
    expect(status.agents[0]).toMatchObject({ agent: 'claude', sessions: 1, reminders: 1, trust: { isTrusted: true } });
    await place.watch('uninstall');
    expect((await place.watch('status')).stdout).toContain('is not running');
  });

  test('what comes while nobody listens is kept, and taken in its order', async () => {
    await place.watch('install', 'claude');
    await place.hook('claude', { hook_event_name: 'UserPromptSubmit', prompt: 'Do not touch package.json.' });
    await expect.poll(() => place.records().map(({ type }) => type), { timeout: 20_000 }).toContain('note');
    const write = { tool_name: 'Write', tool_input: { file_path: join(place.cwd, 'package.json'), content: '{}' } };
    const answer = await place.hook('claude', { hook_event_name: 'PreToolUse', ...write });
    expect(answer).toMatchObject({ hookSpecificOutput: { permissionDecision: 'deny' } });
  });

  test('a resident process that was killed is started again by the next event, which knows what was said before', async () => {
    await begin();
    await place.hook('claude', { hook_event_name: 'UserPromptSubmit', prompt: 'Do not touch package.json.' });
    const { resident } = JSON.parse((await place.watch('status', '--format', 'json')).stdout);
    process.kill(resident.pid, 'SIGKILL');
    const write = { tool_name: 'Write', tool_input: { file_path: join(place.cwd, 'package.json'), content: '{}' } };
    const ask = () => place.hook('claude', { hook_event_name: 'PreToolUse', ...write });
    await expect.poll(ask, { timeout: 20_000, interval: 200 }).toMatchObject({
      hookSpecificOutput: { permissionDecision: 'deny' },
    });
  });

  test('the hook takes curl where there is no Perl, and the program itself where there is neither', async () => {
    await begin();
    const bin = join(place.home, 'bin');
    mkdirSync(bin);
    const tools = ['sh', 'cat', 'date', 'mkdir', 'mv', 'touch', 'find', 'sed', 'curl'];
    for (const tool of tools) symlinkSync(findProgram(tool)!, join(bin, tool));
    const send = async (n: number) => place.hook('claude', { ...failing(), tool_use_id: `t${n}` }, bin);
    expect([await send(1), await send(2)]).toEqual([undefined, undefined]);
    rmSync(join(bin, 'curl'));
    expect(await send(3)).toMatchObject({ hookSpecificOutput: expect.anything() });
    await place.watch('uninstall');
    await place.watch('install', 'claude');
    expect(await send(4)).toBeUndefined();
    const isThere = async () => (await place.watch('status', '--format', 'json')).stdout;
    await expect.poll(isThere, { timeout: 20_000 }).toContain('"pid"');
  });

  test('without the program, or with nobody behind the socket, a hook says nothing and is not a fault', async () => {
    await place.watch('install', 'claude');
    const { command } = JSON.parse(place.settings('.claude/settings.json')).hooks.Stop[0].hooks[0];
    const call = () =>
      spawnSync('sh', ['-c', command], { input: '{}', encoding: 'utf8', env: { PATH: process.env.PATH } });
    const listener = createServer(() => {}).listen(join(place.wink, 'watch/socket'));
    expect(call()).toMatchObject({ status: 0, stdout: '', stderr: '' });
    await new Promise((resolve) => listener.close(resolve));
    rmSync(join(place.wink, 'watch'), { recursive: true });
    expect(call()).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test('--shadow holds from the next event on, and so does its end', async () => {
    await begin('--shadow');
    const loop = async (session_id: string) => {
      await place.hook('claude', { session_id, hook_event_name: 'UserPromptSubmit', prompt: 'Fix the failing test.' });
      let last: unknown;
      for (let n = 0; n < 3; n++) last = await place.hook('claude', { session_id, ...failing() });
      return last;
    };
    expect(await loop('one')).toBeUndefined();
    await begin();
    expect(await loop('two')).toBeDefined();
  });
});

test.each([
  ['gemini', 'deny', { decision: 'deny', reason: expect.stringContaining('no') }],
  ['gemini', 'context', { hookSpecificOutput: { hookEventName: 'AfterTool', additionalContext: expect.any(String) } }],
  ['claude', 'deny', { hookSpecificOutput: { permissionDecision: 'deny' } }],
  ['codex', 'go-on', { decision: 'block' }],
  ['claude', 'stop', { continue: false, stopReason: expect.stringContaining('no') }],
  ['pi', 'go-on', { kind: 'go-on', reason: expect.stringContaining('no') }],
  ['opencode', 'context', { kind: 'context', text: expect.stringContaining('no') }],
] as const)('%s is told %s in its own form', (agent, kind, form) => {
  const answer = kind === 'context' ? { kind, text: 'no' } : { kind, reason: 'no' };
  expect(JSON.parse(writeAnswer(agent, 'AfterTool', answer))).toMatchObject(form);
  expect(writeAnswer(agent, 'AfterTool', { kind: 'nothing' })).toBe('');
});

test('serve --mcp: a server with one tool, which takes events', async () => {
  const client = new Client({ name: 'test', version: '1' });
  const launcher = join(import.meta.dirname, '../../bin/wink-agent.cjs');
  const env = { PATH: process.env.PATH ?? '', HOME: place.home, WINK_HOME: place.wink, ...compiledCode };
  const args = [launcher, 'watch', 'serve', '--mcp'];
  await client.connect(new StdioClientTransport({ command: process.execPath, args, env, cwd: place.cwd }));
  expect((await client.listTools()).tools.map(({ name }) => name)).toEqual(['observe']);
  const observe = async (more: object) => {
    const { content } = await client.callTool({
      name: 'observe',
      arguments: { session_id: 'x', cwd: place.cwd, ...more },
    });
    return JSON.stringify(content);
  };
  await observe({ hook_event_name: 'UserPromptSubmit', prompt: 'Fix the failing test.' });
  for (let n = 0; n < 2; n++) expect(await observe(failing())).toContain('nothing');
  expect(await observe(failing())).toContain('3 times');
  expect(await observe({ hook_event_name: 'Weather' })).toContain('not a known event');
  await client.close();
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
  symlinkSync(join(import.meta.dirname, '../../bin/wink-agent.cjs'), join(bin, 'wink-agent'));
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: place.home, WINK_HOME: place.wink, ...compiledCode };
  const { stdout, stderr, status } = spawnSync('python3', ['harness.py'], { cwd: place.cwd, env, encoding: 'utf8' });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  expect(stdout).toContain('3 times');
});
