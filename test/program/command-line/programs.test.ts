import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compiledCode } from '../../compiled-code.ts';
import { can, converse, type Event, go, launcher } from '../converse.ts';
import { makeFolder, run, serve } from '../program.ts';
import { done, shell } from '../task.ts';

const touch = [shell('touch made.txt && curl -s http://127.0.0.1:9/'), done];
const isMade = (cwd: string) => existsSync(join(cwd, 'made.txt'));
const approvals = (events: readonly Event[]) =>
  events.flatMap(({ type, decision, reason }) => (type === 'approval' ? [`${decision}: ${reason}`] : []));

test('a program that answers permissions is asked with the command byte for byte, and its yes runs it', async () => {
  const { events, cwd } = await converse(touch, [can, go], ({ callId }) => ({
    type: 'answer',
    callId,
    decision: 'allow',
  }));
  const asked = events.find(({ type }) => type === 'permission');
  expect(asked).toMatchObject({ name: 'shell', command: 'touch made.txt && curl -s http://127.0.0.1:9/' });
  expect(approvals(events).at(-1)).toBe('allow: The user allowed it.');
  expect(isMade(cwd)).toBe(true);
});

test('a no says why, and anything that is not a clear yes is a no', async () => {
  for (const words of [{ decision: 'deny', reason: 'not today' }, { decision: 'yes' }]) {
    const { events, cwd, code } = await converse(touch, [can, go], ({ callId }) => ({
      type: 'answer',
      callId,
      ...words,
    }));
    const why = 'reason' in words ? 'not today' : 'the decision "yes" is not one of allow, session and deny';
    expect(approvals(events).at(-1)).toBe(`deny: The user said no: ${why}.`);
    expect([isMade(cwd), code]).toEqual([false, 7]);
  }
});

test('a yes for the session is asked for once', async () => {
  const twice = [shell('mkdir one'), shell('mkdir two'), done];
  let count = 0;
  const { events } = await converse(twice, [can, go], ({ callId }) => {
    count += 1;
    return { type: 'answer', callId, decision: 'session', rule: 'shell(mkdir:*)' };
  });
  expect(count).toBe(1);
  expect(events.at(-1)).toMatchObject({ type: 'result', result: { outcome: 'done' } });
});

test('a question says that a command runs in the background, or longer than usual', async () => {
  const call = (more: object) => ({
    calls: [{ name: 'shell', arguments: { command: 'curl -s http://127.0.0.1:9/', ...more } }],
  });
  const replies = [call({ background: true }), call({ timeoutSeconds: 900 }), call({}), done];
  const { events } = await converse(replies, [can, go], ({ callId }) => ({ type: 'answer', callId, decision: 'deny' }));
  const plain = '`curl` connects to 127.0.0.1:9; mode ask asks first.';
  expect(events.flatMap(({ type, reason }) => (type === 'permission' ? [reason] : []))).toEqual([
    `${plain} It runs in the background until it ends or the session does.`,
    `${plain} It may run for up to 900 s.`,
    plain,
  ]);
});

test('a yes to a change is for the change that was shown: of a file that was changed meanwhile nothing is written', async () => {
  const cwd = makeFolder();
  const file = join(cwd, 'x.js');
  writeFileSync(file, '/* MARK */\nrun()\n');
  const edit = {
    calls: [{ name: 'edit', arguments: { path: 'x.js', edits: [{ oldText: 'MARK', newText: 'evil()' }] } }],
  };
  const replies = [{ calls: [{ name: 'read', arguments: { path: 'x.js' } }] }, edit, edit, done];
  const contents: string[] = [];
  const answer = ({ callId }: Event) => {
    contents.push(readFileSync(file, 'utf8'));
    if (contents.length === 1) writeFileSync(file, '/* none */\nrun(MARK)\n');
    return { type: 'answer', callId, decision: 'allow' };
  };
  const { events } = await converse(replies, [can, go], answer, cwd);
  const ends = events.flatMap(({ type, result }) => (type === 'tool.end' ? [result] : []));
  expect(ends[1]).toMatchObject({ isError: true, errorKind: 'stale-file' });
  expect(contents).toEqual(['/* MARK */\nrun()\n', '/* none */\nrun(MARK)\n']);
  const views = events.flatMap(({ type, view }) => (type === 'permission' ? [JSON.stringify(view)] : []));
  expect(views[1]).toContain('run(evil())');
  expect(readFileSync(file, 'utf8')).toBe('/* none */\nrun(evil())\n');
});

test('who does not say that it answers is not waited for, and neither is one whose input has ended', async () => {
  const silent = await converse(touch, [go], () => undefined);
  expect(silent.events.some(({ type }) => type === 'permission')).toBe(false);
  expect(approvals(silent.events)[0]).toMatch(/^ask: /);
  expect(isMade(silent.cwd)).toBe(false);

  const server = await serve(touch);
  const lines = [can, go].map((line) => `${JSON.stringify(line)}\n`).join('');
  const words = ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json', '--model', 'scripted'];
  const left = await run([...words, '--base-url', server.url], { cwd: makeFolder(), home: makeFolder(), input: lines });
  expect(left.code).toBe(7);
});

test('the example in Python decides for two turns of one process', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/programs.md'), 'utf8');
  const [cwd, home, bin] = [makeFolder(), makeFolder(), makeFolder()];
  writeFileSync(join(cwd, 'host.py'), page.match(/```python\n([\s\S]*?)```/)![1]!);
  writeFileSync(join(cwd, 'package.json'), '{"scripts":{"test":"echo tested > tested.txt"}}\n');
  mkdirSync(bin, { recursive: true });
  symlinkSync(launcher, join(bin, 'wink-agent'));
  const replies = [
    shell('touch other.txt && curl -s http://127.0.0.1:9/'),
    { text: 'I could not.' },
    shell('npm test'),
    { text: 'Tested.' },
  ];
  const server = await serve({
    rules: [
      { when: { kind: 'agent' }, replies },
      { replies: [done], after: 'repeat' },
    ],
  });
  const env = { PATH: `${bin}:${process.env.PATH}`, HOME: home, WINK_HOME: join(home, '.wink'), ...compiledCode };
  const child = spawn('python3', ['host.py', '--model', 'scripted', '--base-url', server.url], { cwd, env });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (data) => (stdout += data));
  child.stderr.on('data', (data) => (stderr += data));
  await new Promise((done) => child.on('close', done));
  expect(stdout, stderr).toBe('I could not.\nTested.\n');
  expect([existsSync(join(cwd, 'other.txt')), existsSync(join(cwd, 'tested.txt'))]).toEqual([false, true]);
});
