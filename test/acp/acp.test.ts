import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import {
  type ClientContext,
  type ContentBlock,
  client,
  methods,
  ndJsonStream,
  PROTOCOL_VERSION,
  type RequestPermissionRequest,
  type SessionUpdate,
} from '@agentclientprotocol/sdk';
import { expect, onTestFinished, test } from 'vitest';
import { readPromptBlocks, titleOf } from '../../src/acp/prompt-blocks.ts';
import { runAcp } from '../../src/command-line/acp-command.ts';
import type { Pattern, ScenarioRule } from '../../src/demo/server/scenario.ts';
import type { ModelServerOptions } from '../../src/demo/server.ts';
import { compiledCode } from '../compiled-code.ts';
import { makeFolder, serve } from '../program/program.ts';
import { done, shell, write } from '../program/task.ts';

type Replies = Extract<ModelServerOptions['scenario'], readonly unknown[]>;
type Place = { readonly cwd: string; readonly home: string };

const launcher = resolve(import.meta.dirname, '../../bin/wink-agent.cjs');

function bytesOf(output: Readable): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      output.on('data', (chunk: Uint8Array) => controller.enqueue(chunk));
      output.once('end', () => controller.close());
    },
  });
}

/** The built program as an editor starts it, over its stdin and stdout, by the protocol's own client. */
async function editor(
  replies: Replies,
  options: Partial<{
    place: Place;
    flags: readonly string[];
    answer: string;
    after: 'repeat' | 'next';
    until: Pattern;
  }> = {},
) {
  const { until, after = 'next' } = options;
  const ends: ScenarioRule[] = until === undefined ? [] : [{ when: { kind: 'agent', user: until }, replies: [done] }];
  const server = await serve({ rules: [...ends, { when: { kind: 'agent' }, replies, after }] });
  const place = options.place ?? { cwd: makeFolder(), home: makeFolder() };
  writeFileSync(join(place.cwd, 'a.txt'), 'one\n');
  const words = [launcher, 'acp', '--model', 'scripted', '--base-url', server.url, ...(options.flags ?? [])];
  const env = { PATH: process.env.PATH, HOME: place.home, WINK_HOME: join(place.home, '.wink'), ...compiledCode };
  const child = spawn(process.execPath, words, { cwd: place.home, env, stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const updates: SessionUpdate[] = [];
  const asked: RequestPermissionRequest[] = [];
  const connection = client({ name: 'test' })
    .onNotification(methods.client.session.update, ({ params }) => void updates.push(params.update))
    .onRequest(methods.client.session.requestPermission, ({ params }) => {
      asked.push(params);
      const optionId = options.answer ?? 'once';
      if (optionId === 'never') return new Promise<never>(() => {});
      return { outcome: optionId === 'cancelled' ? { outcome: 'cancelled' } : { outcome: 'selected', optionId } };
    })
    .connect(ndJsonStream(Writable.toWeb(child.stdin), bytesOf(child.stdout)));
  const agent: ClientContext = connection.agent;
  const started = await agent.request(methods.agent.initialize, {
    protocolVersion: PROTOCOL_VERSION,
    clientCapabilities: {},
  });
  const begin = async () => agent.request(methods.agent.session.new, { cwd: place.cwd, mcpServers: [] });
  const ask = (sessionId: string, text: string) =>
    agent.request(methods.agent.session.prompt, { sessionId, prompt: [{ type: 'text', text }] });
  const textOf = (kind: SessionUpdate['sessionUpdate']) =>
    updates
      .map((update) => (update.sessionUpdate === kind && 'content' in update ? update.content : undefined))
      .map((content) => (content && 'text' in content ? content.text : ''))
      .join('');
  return { server, place, child, agent, started, begin, ask, updates, asked, textOf, connection, stderr: () => stderr };
}

test('an editor starts it, opens a session, prompts, and reads the answer as it streams', async () => {
  const { started, begin, ask, textOf, server } = await editor([{ text: 'All done.', reasoning: 'Hm.' }]);
  expect(started).toMatchObject({ protocolVersion: PROTOCOL_VERSION, agentInfo: { name: 'wink-agent' } });
  const { sessionId, modes } = await begin();
  expect(modes).toMatchObject({ currentModeId: 'ask' });
  const end = await ask(sessionId, 'hello');
  expect(end).toMatchObject({ stopReason: 'end_turn', _meta: { wink: { outcome: 'done' } } });
  expect(textOf('agent_message_chunk')).toBe('All done.');
  expect(textOf('agent_thought_chunk')).toBe('Hm.');
  expect(server.requests.at(-1)!.rawBody).toContain('hello');
});

test('a change is asked about with its diff, and shown with its place when it is done', async () => {
  const { begin, ask, updates, asked, place } = await editor([write('b.txt', 'two\n'), done]);
  const { sessionId } = await begin();
  await ask(sessionId, 'write it');
  expect(asked[0]).toMatchObject({
    toolCall: {
      kind: 'edit',
      content: [{ type: 'diff', path: join(place.cwd, 'b.txt'), oldText: null, newText: 'two\n' }, {}],
    },
  });
  expect(asked[0]!.options.map(({ kind }) => kind)).toContain('reject_once');
  expect(readFileSync(join(place.cwd, 'b.txt'), 'utf8')).toBe('two\n');
  const calls = updates.filter(({ sessionUpdate }) => sessionUpdate.startsWith('tool_call'));
  expect(calls[0]).toMatchObject({ title: 'write b.txt', kind: 'edit', status: 'in_progress' });
  expect(calls.at(-1)).toMatchObject({ status: 'completed', content: [{ type: 'diff' }] });
});

test.each(['deny', 'cancelled', 'something else'])('%s is a no', async (answer) => {
  const { begin, ask, place } = await editor([write('b.txt', 'two\n'), done], { answer });
  const { sessionId } = await begin();
  await ask(sessionId, 'write it');
  expect(existsSync(join(place.cwd, 'b.txt'))).toBe(false);
});

test('the question that brings a subagent’s changes back says what becomes of each file, and each question whose it is and where', async () => {
  const place = { cwd: makeFolder(), home: makeFolder() };
  const long = Array.from({ length: 30 }, (_, at) => `${at + 1}\n`).join('');
  writeFileSync(join(place.cwd, 'a.txt'), 'one\n');
  for (const name of ['gone.txt', 'long.txt', 'run.sh']) writeFileSync(join(place.cwd, name), long);
  const git = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  for (const words of [
    ['init', '-q'],
    ['add', '-A'],
    [...git, 'commit', '-qm', 'first'],
  ])
    execFileSync('git', words, { cwd: place.cwd });
  const command =
    "chmod +x run.sh; ln -s /etc/passwd lnk; rm gone.txt; sed -i s/^20$/twenty/ long.txt; printf '/*\\000*/ evil()' > x.js; printf '\\211\\000\\377\\001\\002\\003' > y.bin";
  const task = { description: 'x', prompt: 'x', agent: 'general', worktree: true };
  const { begin, ask, asked } = await editor(
    [{ calls: [{ name: 'task', arguments: task }] }, shell(command), { text: 'Made.' }, done],
    { place, flags: ['--approval', 'ask'] },
  );
  await ask((await begin()).sessionId, 'go');
  const own = asked.find(({ toolCall }) => toolCall.kind === 'execute');
  expect(own?.toolCall.title).toContain('For the subagent general: chmod +x');
  expect(JSON.stringify(own?.toolCall.content)).toContain('/worktrees/');
  const back = asked.at(-1)!.toolCall.content!.map((part) => (part.type === 'content' ? part.content : part));
  const path = (name: string) => join(place.cwd, name);
  expect(back).toMatchObject([
    { text: 'gone.txt: deleted, +0 -30' },
    { path: path('gone.txt'), newText: '' },
    { text: 'lnk: new, a link, +1 -0' },
    { path: path('lnk'), newText: '/etc/passwd\n' },
    { text: 'long.txt: +1 -1, only its lines 17-23 are shown' },
    { path: path('long.txt'), newText: '17\n18\n19\ntwenty\n21\n22\n23\n' },
    { text: 'run.sh: executable, +0 -0' },
    { text: expect.stringMatching(/^y\.bin: new, binary, its content can't be shown: now 6 bytes, git hash \w{40}, /) },
    { text: 'x.js: new, +1 -0' },
    { path: path('x.js'), newText: '/*\u2400*/ evil()\n' },
    { text: expect.stringContaining(`In ${place.cwd}.`) },
  ]);
});

test('the mode is set by the editor, and holds', async () => {
  const { begin, ask, agent, asked, place, updates } = await editor([write('b.txt', 'two\n'), done]);
  const { sessionId } = await begin();
  await agent.request(methods.agent.session.setMode, { sessionId, modeId: 'full' });
  await ask(sessionId, 'write it');
  expect(asked).toEqual([]);
  expect(existsSync(join(place.cwd, 'b.txt'))).toBe(true);
  expect(updates).toContainEqual(expect.objectContaining({ sessionUpdate: 'current_mode_update' }));
  await expect(agent.request(methods.agent.session.setMode, { sessionId, modeId: 'wild' })).rejects.toThrow(
    'There is no mode "wild"; the modes are plan, ask, edits, full.',
  );
});

test('linked files are attached, embedded text and images stand before the model', async () => {
  const { begin, agent, server, place } = await editor([done]);
  const { sessionId } = await begin();
  await agent.request(methods.agent.session.prompt, {
    sessionId,
    prompt: [
      { type: 'text', text: 'Compare ' },
      { type: 'resource_link', uri: pathToFileURL(join(place.cwd, 'a.txt')).href, name: 'a.txt' },
      { type: 'resource', resource: { uri: 'file:///nowhere/c.txt', text: 'an unsaved buffer' } },
      { type: 'image', mimeType: 'image/png', data: 'iVBORw0KGgo=' },
    ],
  });
  const body = server.requests.at(-1)!.rawBody;
  for (const words of ['one\\n', 'an unsaved buffer', '/nowhere/c.txt', 'data:image/png;base64,iVBORw0KGgo=']) {
    expect(body).toContain(words);
  }
});

test('cancel ends the turn, what was printed stays, and the session goes on', async () => {
  const { begin, ask, agent, updates } = await editor([shell('echo started; sleep 60'), done], {
    flags: ['--approval', 'full'],
  });
  const { sessionId } = await begin();
  const turn = ask(sessionId, 'go');
  await expect.poll(() => JSON.stringify(updates)).toContain('"execute"');
  await agent.notify(methods.agent.session.cancel, { sessionId });
  expect(await turn).toMatchObject({ stopReason: 'cancelled' });
  expect(await ask(sessionId, 'and now?')).toMatchObject({ stopReason: 'end_turn' });
});

test('the observer reminds in a message of its own, and the end carries the episodes', async () => {
  const { agent, begin, ask, updates, place } = await editor([shell('cat a.txt')], {
    after: 'repeat',
    until: 'call came 3 times with the same result',
    flags: ['--approval', 'full', '--max-turns', '200'],
  });
  const { sessionId } = await begin();
  const end = await ask(sessionId, 'go');
  expect(end.stopReason).toBe('end_turn');
  const reminders = updates.filter((update) => JSON.stringify(update._meta ?? {}).includes('reminder'));
  expect(reminders[0]).toMatchObject({
    sessionUpdate: 'agent_message_chunk',
    _meta: { wink: { reminder: { class: 'infinite-loop' } } },
  });
  expect(JSON.stringify(end._meta)).toContain('"class":"infinite-loop"');
  const ofObserver = () =>
    updates.splice(0).filter(({ _meta }) => JSON.stringify(_meta ?? {}).match(/reminder|episode/));
  const live = ofObserver();
  await agent.request(methods.agent.session.close, { sessionId });
  updates.splice(0);
  await agent.request(methods.agent.session.load, { sessionId, cwd: place.cwd, mcpServers: [] });
  expect(ofObserver()).toMatchObject(live);
});

test.each([
  ['overwrite', { b: true, c: false }],
  ['earlier', { b: false, c: true }],
])('/undo leaves what was changed meanwhile and says what does not; /undo %s does', async (word, stands) => {
  const { begin, ask, textOf, place } = await editor([write('b.txt', 'two\n'), done, write('c.txt', 'three\n'), done], {
    flags: ['--approval', 'full'],
  });
  const path = (name: string) => join(place.cwd, name);
  const { sessionId } = await begin();
  await ask(sessionId, 'write b');
  await ask(sessionId, 'write c');
  writeFileSync(path('c.txt'), 'mine\n');
  await ask(sessionId, '/undo');
  expect(textOf('agent_message_chunk')).toContain(
    '/undo overwrite replaces what was changed meanwhile, /undo earlier goes back to before the turn before.',
  );
  expect(readFileSync(path('c.txt'), 'utf8')).toBe('mine\n');
  await ask(sessionId, `/undo ${word}`);
  expect({ b: existsSync(path('b.txt')), c: existsSync(path('c.txt')) }).toEqual(stands);
});

test('a plan is shown as a plan', async () => {
  const items = [
    { text: 'read', status: 'done' },
    { text: 'write', status: 'doing' },
  ];
  const replies = [{ calls: [{ name: 'todo', arguments: { items } }] }];
  const { begin, ask, updates } = await editor(replies, { flags: ['--max-turns', '1'] });
  const { sessionId } = await begin();
  expect(await ask(sessionId, 'go')).toMatchObject({ stopReason: 'max_turn_requests' });
  expect(updates).toContainEqual({
    sessionUpdate: 'plan',
    entries: [
      { content: 'read', priority: 'medium', status: 'completed' },
      { content: 'write', priority: 'medium', status: 'in_progress' },
    ],
  });
});

test('a session is listed, loaded with its past by another editor, and gone on with', async () => {
  const first = await editor([done]);
  const { sessionId } = await first.begin();
  await first.ask(sessionId, 'the first words');
  await first.agent.request(methods.agent.session.close, { sessionId });
  const second = await editor([{ text: 'Again.' }], { place: first.place });
  const { sessions } = await second.agent.request(methods.agent.session.list, { cwd: first.place.cwd });
  expect(sessions).toMatchObject([{ sessionId, title: 'the first words' }]);
  await second.agent.request(methods.agent.session.load, { sessionId, cwd: first.place.cwd, mcpServers: [] });
  expect(second.textOf('user_message_chunk')).toBe('the first words');
  expect(second.textOf('agent_message_chunk')).toBe('All done.');
  await second.ask(sessionId, 'and on');
  expect(second.server.requests.at(-1)!.rawBody).toContain('the first words');
});

test.each([
  [['Fix ', ' the\nparser.'], 'Fix the parser.'],
  [['x'.repeat(200)], `${'x'.repeat(99)}…`],
  [[], 'From the editor, /p/a.ts'],
])('the title of a session is of the words %j and not of what the editor embeds', (words, title) => {
  const buffer = 'one\n\n```js\ntwo\n```\n\nthree';
  const { text } = readPromptBlocks([
    ...words.map((each) => ({ type: 'text' as const, text: each })),
    { type: 'resource', resource: { uri: 'file:///p/a.ts', text: buffer } },
    { type: 'resource', resource: { uri: 'file:///p/a.bin', blob: 'AAEC' } },
  ]);
  expect(text).toContain(buffer);
  expect(titleOf(text)).toBe(title);
});

test('slash commands are offered, and /wink says what the observer did', async () => {
  const { begin, ask, updates, textOf } = await editor([done]);
  const { sessionId } = await begin();
  await expect.poll(() => JSON.stringify(updates)).toContain('"name":"undo"');
  await ask(sessionId, 'Do not change a.txt. Say hello.');
  await ask(sessionId, '/wink');
  expect(textOf('agent_message_chunk')).toContain('Observer on, ok');
});

test.each([
  ['--output-format json', /--output-format: that flag is only for headless runs/],
  ['--output-schema x.json', /--output-schema: that flag/],
  ['--input-format text', /--input-format: that flag/],
  ['--artifact x.jsonl', /--artifact: that flag/],
  ['-p', /--print: that flag/],
  ['--session s1', /--session: the editor chooses/],
  ['--continue', /--continue: the editor chooses/],
  ['--cwd /tmp', /--cwd: the editor names/],
])('a flag that would do nothing in an editor, %s, is refused', async (words, sentence) => {
  const io = { stdout: process.stdout, stderr: process.stderr, env: {}, cwd: '/' };
  await expect(runAcp(words.split(' '), io)).rejects.toThrow(sentence);
});

test('what can’t be done is one sentence, and the session goes on', async () => {
  const { agent, ask, begin, place, server } = await editor([done]);
  const open = (cwd: string) => agent.request(methods.agent.session.new, { cwd, mcpServers: [] });
  const load = (sessionId: string) =>
    agent.request(methods.agent.session.load, { sessionId, cwd: place.cwd, mcpServers: [] });
  await expect(open('/nowhere')).rejects.toThrow('The folder /nowhere does not exist.');
  await expect(open('here')).rejects.toThrow("A session's folder must be an absolute path; here is not.");
  await expect(open(join(place.cwd, 'a.txt'))).rejects.toThrow('is not a folder.');
  await expect(ask('unknown', 'hello')).rejects.toThrow();
  const { sessionId } = await begin();
  await expect(load(sessionId.slice(0, -1))).rejects.toThrow('There is no session');
  await expect(load('')).rejects.toThrow('There is no session ""');
  const give = (block: ContentBlock) => agent.request(methods.agent.session.prompt, { sessionId, prompt: [block] });
  await expect(give({ type: 'text', text: ' ' })).rejects.toThrow('The prompt is empty.');
  await expect(give({ type: 'audio', mimeType: 'audio/wav', data: '' })).rejects.toThrow('Audio is not supported.');
  await expect(give({ type: 'image', mimeType: 'image/png', data: 'bm8=' })).rejects.toThrow('is not a PNG');
  expect(server.requests).toEqual([]);
  const blob = { uri: 'file:///nowhere/b.bin', mimeType: 'application/x', blob: 'AAEC' };
  expect(await give({ type: 'resource', resource: blob })).toMatchObject({ stopReason: 'end_turn' });
  expect(server.requests[0]!.rawBody).toContain('/nowhere/b.bin: a binary file of 3 bytes (application/x)');
});

test('cancel ends a turn whose question is still open, and a later answer changes nothing', async () => {
  const { begin, ask, agent, asked, place } = await editor([write('b.txt', 'two\n'), done], { answer: 'never' });
  const { sessionId } = await begin();
  const turn = ask(sessionId, 'write it');
  await expect.poll(() => asked.length).toBe(1);
  await agent.notify(methods.agent.session.cancel, { sessionId });
  expect(await turn).toMatchObject({ stopReason: 'cancelled' });
  expect(existsSync(join(place.cwd, 'b.txt'))).toBe(false);
  expect(await ask(sessionId, 'and now?')).toMatchObject({ stopReason: 'end_turn' });
});

test('when the editor goes, so do we', async () => {
  const { child, begin, ask, stderr } = await editor([write('b.txt', 'two\n'), done]);
  await ask((await begin()).sessionId, 'write it');
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.stdin.end();
  expect(await gone).toBe(0);
  // Some editors show each line there as an error.
  expect(stderr()).toBe('');
});

test('a question of the model is put as answers to choose from; one that wants words is not', async () => {
  const question = { name: 'ask_user', arguments: { question: 'Which store?', options: ['SQLite', 'Postgres'] } };
  const open = { name: 'ask_user', arguments: { question: 'What name?' } };
  const { begin, ask, asked, server } = await editor([{ calls: [question] }, { calls: [open] }, done], {
    answer: 'answer-1',
  });
  const { sessionId } = await begin();
  await ask(sessionId, 'go');
  expect(asked.map(({ toolCall, options }) => [toolCall.title, options.map(({ name }) => name)])).toEqual([
    ['Which store?', ['SQLite', 'Postgres', 'Decide yourself']],
  ]);
  expect(server.requests.at(1)!.rawBody).toContain('\\"Which store?\\"=\\"Postgres\\"');
  expect(server.requests.at(2)!.rawBody).toContain('This editor can only show answers to choose from');
});
