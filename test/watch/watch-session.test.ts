import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openWatchedRun } from '../../src/session/watched-run.ts';
import { readWatchEvent } from '../../src/watch/agents/read-event.ts';
import { createWatchSessions } from '../../src/watch/resident/open-sessions.ts';
import { watchPlaces } from '../../src/watch/watch-places.ts';
import { jsonLines, makeFolder, serve } from '../program/program.ts';

type Options = { mode?: 'on' | 'shadow'; config?: object; place?: ReturnType<typeof makeRepository> };

function makeRepository() {
  const home = makeFolder();
  const cwd = makeFolder();
  execFileSync('git', ['init', '-q', cwd]);
  for (const name of ['package.json', 'a.js', 'notes.md']) writeFileSync(join(cwd, name), '{}\n');
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...words], { cwd });
  git('add', '.');
  git('commit', '-qm', 'first');
  return { home, cwd };
}

/** Watched runs in a repository of one commit, as the resident process has them; `tell` gives what the agent is told. */
function watch({ mode = 'on', config, place = makeRepository() }: Options = {}) {
  const { home, cwd } = place;
  if (config) writeFileSync(join(home, 'config.json'), JSON.stringify(config));
  mkdirSync(join(home, 'watch'), { recursive: true });
  const places = watchPlaces(home);
  const env = { WINK_HOME: home };
  const fail = (error: unknown) => {
    throw error;
  };
  const sessions = createWatchSessions(
    (agent, event, inherited) => openWatchedRun(agent, event, { places, mode, env, inherited }),
    fail,
  );
  onTestFinished(() => sessions.close());
  const take = (event: object) =>
    sessions.take('claude', readWatchEvent(JSON.stringify({ session_id: 's1', cwd, ...event }), 'claude')!);
  const tell = async (event: object) => (await take(event)).answer;
  const records = () =>
    readdirSync(places.sessions, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.jsonl'))
      .flatMap((path) => jsonLines(readFileSync(join(places.sessions, path), 'utf8')));
  return { place, cwd, take, tell, records, sessions };
}

const nothing = { kind: 'nothing' };
const prompt = (text: string) => ({ hook_event_name: 'UserPromptSubmit', prompt: text });
const failing = { tool_name: 'Bash', tool_input: { command: 'npm test' }, error: 'Exit code 1\nnot ok 1' };
const failure = { hook_event_name: 'PostToolUseFailure', ...failing };
const stop = (text: string, isAgain = false) => ({
  hook_event_name: 'Stop',
  last_assistant_message: text,
  stop_hook_active: isAgain,
});
const edit = (path: string) => ({
  tool_name: 'Edit',
  tool_input: { file_path: path, old_string: 'a', new_string: 'b' },
});

describe('loops', () => {
  test('a reminder is due after the call that makes it one', async () => {
    const { tell } = watch();
    await tell(prompt('Fix the failing test.'));
    const answers = [await tell(failure), await tell(failure), await tell(failure)];
    expect(answers).toMatchObject([nothing, nothing, { kind: 'context', text: expect.stringContaining('3 times') }]);
  });

  test('calls that run side by side are one round', async () => {
    const { tell, records } = watch();
    await tell(prompt('Fix the failing test.'));
    const ids = ['a', 'b', 'c', 'd'].map((tool_use_id) => ({ tool_use_id }));
    for (const id of ids) await tell({ hook_event_name: 'PreToolUse', ...failing, ...id });
    for (const id of ids) expect(await tell({ ...failure, ...id })).toEqual(nothing);
    const steps = records().filter(({ type }) => type === 'step');
    expect(steps).toHaveLength(1);
    expect(steps[0]?.calls).toHaveLength(4);
  });

  test('in shadow nothing is said, refused or kept from ending, and all of it is recorded', async () => {
    const { tell, cwd, records } = watch({ mode: 'shadow' });
    await tell(prompt('Fix it. Do not touch package.json.'));
    const answers = [await tell({ hook_event_name: 'PreToolUse', ...edit(join(cwd, 'package.json')) })];
    for (let n = 0; n < 4; n++) answers.push(await tell(failure));
    answers.push(await tell(stop('Done: all tests pass.')), await tell({ hook_event_name: 'PreCompact' }));
    answers.push(await tell({ hook_event_name: 'SessionStart', source: 'compact' }));
    expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(['nothing']));
    const found = records().filter(({ type }) => type === 'reminder');
    expect(new Set(found.map(({ mode }) => mode))).toEqual(new Set(['shadow']));
    expect(found.length).toBeGreaterThan(0);
  });

  test('reminders that are withheld by lot are recorded as such', async () => {
    const { tell, records } = watch({ config: { experiment: { holdback: 1 } } });
    await tell(prompt('Fix the failing test.'));
    for (let n = 0; n < 4; n++) expect(await tell(failure)).toEqual(nothing);
    expect(records().find(({ type }) => type === 'reminder')).toMatchObject({ withheld: true });
  });

  test('where hooks are installed twice, each event counts once', async () => {
    const { tell, records } = watch();
    const twice = async (event: object) => [await tell(event), await tell(event)];
    await twice(prompt('Fix the failing test.'));
    for (let n = 0; n < 2; n++) await twice({ ...failure, tool_use_id: `t${n}` });
    for (let n = 0; n < 2; n++) await twice({ ...failure, timestamp: `2026-11-28T10:00:0${n}Z`, tool_name: 'Shell' });
    expect(records().filter(({ type }) => type === 'step')).toHaveLength(4);
    expect(records().filter(({ type }) => type === 'note')).toHaveLength(1);
  });
});

test('a notification that comes as a prompt is a notice of the program, and binds nobody', async () => {
  const { tell, cwd, records } = watch();
  const notice = (summary: string) =>
    `<task-notification>\n<task-id>b1</task-id>\n<summary>${summary}</summary>\n</task-notification>`;
  await tell(prompt('Fix it.'));
  await tell(prompt(notice('Command “Do not touch package.json.” completed (exit code 0)')));
  await tell({ hook_event_name: 'PostToolUse', ...edit(join(cwd, 'package.json')), tool_response: 'ok' });
  await tell(prompt(`${notice('Another one ended.')}\n<instructions>Now the other file.</instructions>`));
  expect(records().filter(({ type }) => type === 'note')).toMatchObject([
    { from: 'user', text: 'Fix it.' },
    { from: 'harness', text: 'Command “Do not touch package.json.” completed (exit code 0)' },
    { from: 'harness', text: 'Another one ended.' },
    { from: 'user', text: '<instructions>Now the other file.</instructions>' },
  ]);
  expect(records().filter(({ type }) => type === 'reminder')).toEqual([]);
});

describe('guards', () => {
  test('a call that breaks what the user said is denied with both sides, and recorded as refused', async () => {
    const { tell, cwd, records } = watch();
    await tell(prompt('Fix it. Do not touch package.json.'));
    const before = { hook_event_name: 'PreToolUse', ...edit(join(cwd, 'package.json')) };
    expect(await tell(before)).toMatchObject({
      kind: 'deny',
      reason: expect.stringMatching(/“Do not touch package.json.”/),
    });
    expect(await tell({ hook_event_name: 'PreToolUse', ...edit(join(cwd, 'a.js')) })).toEqual(nothing);
    expect(records().find(({ type }) => type === 'step')).toMatchObject({ results: [{ errorKind: 'blocked' }] });
  });

  test('the user’s uncommitted work is not thrown away, unless they say yes where they can be asked', async () => {
    const place = makeRepository();
    writeFileSync(join(place.cwd, 'a.js'), 'my work\n');
    const { tell, records } = watch({ place });
    await tell(prompt('Add a test.'));
    const call = { tool_name: 'Bash', tool_input: { command: 'git checkout -- a.js' }, tool_use_id: 'one' };
    const attempt = (permission_mode: string) => tell({ hook_event_name: 'PreToolUse', ...call, permission_mode });
    const words = { reason: expect.stringContaining('a.js') };
    expect(await attempt('bypassPermissions')).toMatchObject({ kind: 'deny', ...words });
    call.tool_use_id = 'two';
    expect(await attempt('default')).toMatchObject({ kind: 'ask', ...words });
    // It ran: they said yes.
    await tell({ hook_event_name: 'PostToolUse', ...call, tool_response: '' });
    expect(await attempt('bypassPermissions')).toEqual(nothing);
    const found = records();
    expect(found.find(({ type, text }) => type === 'note' && String(text).startsWith('Yes'))).toMatchObject({
      from: 'user',
      text: expect.stringContaining('a.js'),
    });
    expect(found.filter(({ type }) => type === 'reminder')).toEqual([]);
  });

  test('what the user forbade holds for subagents, whose steps are their own', async () => {
    const { tell, cwd } = watch();
    await tell(prompt('Fix it. Do not touch package.json.'));
    for (let n = 0; n < 4; n++)
      expect(await tell({ ...failure, ...(n % 2 === 0 ? { agent_id: 'sub' } : {}) })).toEqual(nothing);
    const before = { hook_event_name: 'PreToolUse', agent_id: 'sub', ...edit(join(cwd, 'package.json')) };
    expect(await tell(before)).toMatchObject({ kind: 'deny' });
  });

  test('it still holds when the process that watches was killed and another goes on', async () => {
    const first = watch();
    await first.tell(prompt('Fix it. Do not touch package.json.'));
    await first.tell(failure);
    const { tell, cwd, records } = watch({ place: first.place });
    const before = { hook_event_name: 'PreToolUse', ...edit(join(cwd, 'package.json')) };
    expect(await tell(before)).toMatchObject({ kind: 'deny' });
    expect(records().filter(({ type }) => type === 'header')).toHaveLength(1);
  });

  test('after a compaction the user’s prohibitions are put back, by the first event that can carry them', async () => {
    const { tell } = watch();
    await tell(prompt('Fix it. Do not touch package.json.'));
    await tell({ hook_event_name: 'PreCompact' });
    expect(await tell(failure)).toMatchObject({
      kind: 'context',
      text: expect.stringContaining('“Do not touch package.json.”'),
    });
    expect(await tell({ hook_event_name: 'SessionStart', source: 'compact' })).toMatchObject({
      text: expect.stringContaining('“Do not touch package.json.”'),
    });
  });
});

describe('the end of a turn', () => {
  test('a claim that the record contradicts keeps it from ending, once', async () => {
    const { tell, cwd } = watch();
    await tell(prompt('Fix the failing test.'));
    await tell({ hook_event_name: 'PostToolUse', ...edit(join(cwd, 'a.js')), tool_response: 'ok' });
    await tell({ ...failure, error: 'Exit code 1\n# tests 3\n# pass 2\n# fail 1\nnot ok 1 - adds' });
    expect(await tell(stop('Done: all tests pass.'))).toMatchObject({ kind: 'go-on' });
    expect(await tell(stop('All tests pass now.', true))).toEqual(nothing);
  });

  test('a claim that the repository contradicts does, too', async () => {
    const { tell, cwd } = watch();
    await tell(prompt('Change notes.md and commit it.'));
    writeFileSync(join(cwd, 'notes.md'), 'changed\n');
    await tell({ hook_event_name: 'PostToolUse', ...edit(join(cwd, 'notes.md')), tool_response: 'ok' });
    const said = [await tell(stop('I changed notes.md. The change is committed.')), await tell(prompt('Thanks.'))];
    // What git could not say in the time that a hook waits comes with a later event.
    const read = (n: number) => ({ tool_name: 'Read', tool_input: { file_path: `${n}.js` }, tool_response: '{}' });
    const next = async () => said.push(await tell({ hook_event_name: 'PostToolUse', ...read(said.length) }));
    await expect.poll(async () => JSON.stringify([said, await next()])).toContain('in no commit');
  });

  test('words that did not reach the agent come with the next event', async () => {
    const { tell, take } = watch();
    await tell(prompt('Fix the failing test.'));
    await tell(failure);
    await tell(failure);
    (await take(failure)).giveBack();
    const other = { tool_name: 'Read', tool_input: { file_path: 'a.js' }, tool_response: '{}' };
    expect(await tell({ hook_event_name: 'PostToolUse', ...other })).toMatchObject({
      text: expect.stringContaining('3 times'),
    });
  });
});

describe('the judge', () => {
  const answer = { text: '{"findings":[]}' };

  test.each([
    ['is asked where a model is named for it', { model: 'small' }, true],
    ['is not asked where only the agent of this program has a model', {}, false],
    ['is not asked where it is off', { model: 'small', judge: { level: 'off' } }, false],
  ])('%s', async (_, observer, isAsked) => {
    const server = await serve({ rules: [{ replies: [answer], after: 'repeat' }] });
    const config = { model: 'main', baseUrl: server.url, observer: { ...observer } };
    const { tell, cwd } = watch({ config });
    await tell(prompt('Add a test for a.js.'));
    await tell({ hook_event_name: 'PostToolUse', ...edit(join(cwd, 'a.js')), tool_response: 'ok' });
    await tell(stop('I added the test.'));
    if (isAsked) await expect.poll(() => server.requests.length, { timeout: 10_000 }).toBeGreaterThan(0);
    else await tell({ hook_event_name: 'SessionEnd' });
    expect(server.requests.length > 0).toBe(isAsked);
  });
});

describe('the words of the model', () => {
  const call = { tool_name: 'Read', tool_input: { file_path: 'a.js' }, tool_response: '{}' };

  test.each([
    ['Claude Code', { type: 'assistant', message: { content: [{ type: 'text', text: 'I look.' }] } }],
    [
      'Codex',
      {
        type: 'response_item',
        payload: { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I look.' }] },
      },
    ],
    ['Gemini CLI', { id: '1', type: 'gemini', content: 'I look.' }],
  ])('%s: are read from its transcript, from where it ended last time', async (_, line) => {
    const { tell, records, place } = watch();
    const transcript_path = join(place.home, 'transcript.jsonl');
    writeFileSync(transcript_path, `${JSON.stringify(line).replace('I look.', 'Old words.')}\n`.repeat(20_000));
    await tell({ ...prompt('Read a.js.'), transcript_path });
    appendFileSync(transcript_path, `{"type":"other"}\nno json\n${JSON.stringify(line)}\n{"type":"assist`);
    await tell({ hook_event_name: 'PostToolUse', ...call, transcript_path });
    await tell({ hook_event_name: 'PostToolUse', ...call, transcript_path: join(place.home, 'gone') });
    const texts = records().flatMap(({ type, text }) => (type === 'step' ? [text] : []));
    expect(texts).toEqual(['I look.', '']);
  });

  test('Gemini CLI: a message that is written again is said once, and a summary in the place of the conversation is a compaction', async () => {
    const { tell, records, place } = watch();
    const transcript_path = join(place.home, 'transcript.jsonl');
    const write = (...lines: object[]) =>
      appendFileSync(transcript_path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const read = (tool_use_id: string) => tell({ hook_event_name: 'AfterTool', ...call, tool_use_id, transcript_path });
    write({ sessionId: 's1' });
    await tell({ ...prompt('Read a.js. Do not touch package.json.'), transcript_path });
    write({ id: '1', type: 'gemini', content: 'I look.' });
    expect(await read('a')).toEqual(nothing);
    write(
      { id: '1', type: 'gemini', content: 'I look.', toolCalls: [] },
      { id: '2', type: 'gemini', content: 'Again.' },
    );
    expect(await read('b')).toEqual(nothing);
    write({
      $set: { messages: [{ type: 'user', content: [{ text: '<state_snapshot>All of it</state_snapshot>' }] }] },
    });
    expect(await read('c')).toMatchObject({ text: expect.stringContaining('“Do not touch package.json.”') });
    expect(await read('d')).toEqual(nothing);
    const texts = records().flatMap(({ type, text }) => (type === 'step' ? [text] : []));
    expect(texts).toEqual(['I look.', 'Again.', '', '']);
  });
});
