import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ended, jsonLines, makeFolder, run, serve, start } from '../program.ts';

const done = { text: 'All done.' };
const edit = { text: 'I change it.', calls: [{ name: 'read', arguments: { path: 'a.txt' } }] };
const change = {
  text: 'Now.',
  calls: [{ name: 'edit', arguments: { path: 'a.txt', edits: [{ oldText: 'one', newText: 'two' }] } }],
};

async function place(scenario: Parameters<typeof serve>[0]) {
  // The judge's requests get no answer from the script: a list of answers is the agent's alone.
  const server = await serve(
    Array.isArray(scenario) ? { rules: [{ when: { kind: 'agent' }, replies: scenario }] } : scenario,
  );
  const cwd = makeFolder();
  const home = makeFolder();
  writeFileSync(join(cwd, 'a.txt'), 'one\n');
  const flags = ['--model', 'scripted', '--base-url', server.url];
  return { server, cwd, home, flags };
}

function agentRequests(server: Awaited<ReturnType<typeof serve>>) {
  return server.requests.filter(({ body }) => Array.isArray(body.tools));
}

function sessionFiles(home: string): string[] {
  const folder = join(home, '.wink/sessions');
  return existsSync(folder)
    ? readdirSync(folder).flatMap((slug) => readdirSync(join(folder, slug)).map((name) => join(folder, slug, name)))
    : [];
}

describe('headless', () => {
  test("text: the answer alone on stdout, exit 0, without Node's own fetch", async () => {
    const { cwd, home, flags } = await place([edit, done]);
    const loaded = join(home, 'loaded');
    const env = {
      NODE_OPTIONS: `--require=${join(import.meta.dirname, '../../fixtures/list-loaded.cjs')}`,
      LIST_LOADED: loaded,
    };
    const { code, stdout } = await run(['-p', 'hello', ...flags], { cwd, home, env });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'All done.\n' });
    const parts = readFileSync(loaded, 'utf8').split('\n');
    expect(parts).toContain('NativeModule http');
    for (const part of ['internal/deps/undici/undici', 'http2', 'tls', 'https'])
      expect(parts).not.toContain(`NativeModule ${part}`);
  });

  test('json: one result object with the keys that scripts read', async () => {
    const { cwd, home, flags } = await place([edit, change, done]);
    const { code, stdout } = await run(
      ['-p', 'change it', ...flags, '--approval', 'edits', '--output-format', 'json'],
      { cwd, home },
    );
    const [result, ...rest] = jsonLines(stdout);
    expect(rest).toEqual([]);
    expect(code).toBe(0);
    expect(result).toMatchObject({
      type: 'result',
      outcome: 'done',
      result: 'All done.',
      model: 'scripted',
      steps: 3,
      filesChanged: ['a.txt'],
      wink: { mode: 'on', health: 'ok', stepsObserved: 3, reminders: 0, episodes: [] },
    });
    expect(result!.usage).toMatchObject({ costUsd: null });
    expect(readFileSync(join(cwd, 'a.txt'), 'utf8')).toBe('two\n');
  });

  test('the files that commands changed are named like those that tools changed', async () => {
    const command = "printf 'three' > b.txt && node -e \"require('fs').writeFileSync('a.txt', 'four')\"";
    const write = { calls: [{ name: 'shell', arguments: { command } }] };
    const { cwd, home, flags } = await place([write, done]);
    const words = ['-p', '/undo or so', ...flags, '--approval', 'full', '--output-format', 'json'];
    const { stdout, stderr } = await run(words, { cwd, home });
    expect(stderr).toContain('/undo is a command of the screen; the words go to the model as they are.');
    expect(jsonLines(stdout)[0]).toMatchObject({ outcome: 'done', filesChanged: ['a.txt', 'b.txt'] });
  });

  test('stream-json: bare deltas, whole steps, the result last', async () => {
    const { cwd, home, flags } = await place([edit, done]);
    const { stdout } = await run(['-p', 'look', ...flags, '--output-format', 'stream-json'], { cwd, home });
    const events = jsonLines(stdout);
    expect(events[0]).toMatchObject({ type: 'session.start' });
    expect(events.at(-1)).toMatchObject({ type: 'result' });
    expect(
      events.every(({ session, at }) => typeof session === 'string' && !Number.isNaN(Date.parse(String(at)))),
    ).toBe(true);
    const text = events.filter(({ type }) => type === 'text').map(({ delta }) => delta);
    expect(text.join('')).toBe('I change it.All done.');
    expect(events.filter(({ type }) => type === 'step')).toHaveLength(2);
    expect(events.filter(({ type }) => type === 'tool.start' || type === 'tool.end')).toHaveLength(2);
  });

  test('a pipe completes the prompt, and `-` is the pipe alone', async () => {
    const { server, cwd, home, flags } = await place([done, done]);
    await run(['-p', 'review this', ...flags], { cwd, home, input: 'diff --git a b' });
    await run(['-p', '-', ...flags], { cwd, home, input: 'only the pipe' });
    const texts = agentRequests(server).map(({ rawBody }) => rawBody);
    expect(texts[0]).toContain('review this\\n\\ndiff --git a b');
    expect(texts[1]).toContain('only the pipe');
  });

  test('a prompt argument does not wait for a pipe that stays open and silent', async () => {
    const { cwd, home, flags } = await place([done]);
    const child = start(['-p', 'hello', ...flags], { cwd, home, stdin: 'pipe' });
    expect((await ended(child)).stdout).toBe('All done.\n');
  });

  test('ask denies what it would ask, says so to the model, and exits with 7 when it stays undone', async () => {
    const { server, cwd, home, flags } = await place([edit, change, { text: 'I was not allowed.' }]);
    const { code, stdout } = await run(['-p', 'change it', ...flags], { cwd, home });
    expect({ code, stdout }).toEqual({ code: 7, stdout: 'I was not allowed.\n' });
    expect(agentRequests(server).at(-1)!.rawBody).toContain('Not allowed');
    expect(readFileSync(join(cwd, 'a.txt'), 'utf8')).toBe('one\n');
  });

  test('turn limit exits with 3', async () => {
    const { cwd, home, flags } = await place({ rules: [{ replies: [edit], after: 'repeat' }] });
    const { code } = await run(['-p', 'go', ...flags, '--max-turns', '2', '--wink', 'off'], { cwd, home });
    expect(code).toBe(3);
  });

  test('a token budget exits with 4, a time-out with 5', async () => {
    const { cwd, home, flags } = await place({
      rules: [{ replies: [{ ...edit, usage: { input: 900, output: 200 } }], after: 'repeat' }],
    });
    expect((await run(['-p', 'go', ...flags, '--max-tokens', '1000'], { cwd, home })).code).toBe(4);
    const slow = await place({ rules: [{ replies: [{ text: 'x', fault: { kind: 'silence', at: 'before' } }] }] });
    expect((await run(['-p', 'go', ...slow.flags, '--timeout', '0.5'], slow)).code).toBe(5);
  });

  test('SIGINT and SIGTERM end the run with 130 and 143, and the session file has its end', async () => {
    for (const [name, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const { cwd, home, flags } = await place([{ text: 'x', fault: { kind: 'silence', at: 'midway' } }]);
      const child = start(['-p', 'go', ...flags, '--output-format', 'stream-json'], { cwd, home });
      child.stdout!.once('data', () => child.kill(name));
      expect((await ended(child)).code).toBe(code);
      expect(jsonLines(readFileSync(sessionFiles(home)[0]!, 'utf8')).at(-1)).toMatchObject({
        type: 'end',
        outcome: 'aborted',
      });
    }
  });

  test('mistakes of the user are one sentence on stderr and exit 2', async () => {
    const { cwd, home, flags } = await place([]);
    const cases = [
      [['-p', 'x'], /No model is configured/],
      [['-p', 'x', '--aproval', 'full', ...flags], /did you mean --approval\?/],
      [['-p', 'x', '--modle', 'y'], /did you mean --model\?/],
      [['-p', 'x', '--approval', 'yolo', ...flags], /plan, ask, edits, full/],
      [['-p', 'x', '--max-turns', '-1', ...flags], /max-turns/],
      [['-p', 'x', '--cwd', 'nowhere', ...flags], /does not exist/],
      [['-p', 'x', '--max-cost', '1', ...flags], /price of scripted is unknown/],
      [['-p', ...flags], /no prompt/],
      [['resume', 'nothing', '-p', 'x', ...flags], /no session nothing/],
      [['demo', 'nothing'], /stuck-loop/],
      [['--bogus', ...flags], /no option --bogus\. `wink-agent --help`/],
      [['-p', 'x', '--timeout', '-1'], /value of --timeout begins with a dash/],
      [['-p', 'x', '--model'], /--model needs a value/],
      [['seesions', ...flags], /did you mean `wink-agent sessions`\?/],
      [['completion', 'bash', ...flags], /did you mean `wink-agent completions bash`\?/],
      [['upgrade', ...flags], /npm install -g wink-agent@latest/],
    ] as const;
    for (const [words, message] of cases) {
      const { code, stdout, stderr } = await run(words, { cwd, home });
      expect({ words, code, stdout }).toEqual({ words, code: 2, stdout: '' });
      expect(stderr).toMatch(message);
      expect(stderr.trim().split('\n')).toHaveLength(1);
    }
  });
});

describe('output that can not be written', () => {
  test.skipIf(!existsSync('/dev/full'))('is one sentence and exit 1 for help and commands alike', async () => {
    const { cwd, home } = await place([]);
    for (const word of ['--help', 'sessions']) {
      const line = `"${process.execPath}" "${resolve('bin/wink-agent.js')}" ${word} > /dev/full`;
      const { status, stderr } = spawnSync('bash', ['-c', line], {
        cwd,
        encoding: 'utf8',
        env: { PATH: process.env.PATH, HOME: home },
      });
      expect({ word, status, stderr }).toEqual({
        word,
        status: 1,
        stderr: 'wink-agent: The output could not be written (ENOSPC).\n',
      });
    }
  });
});

describe('sessions', () => {
  test('a session is private, and resume goes on with all of it', async () => {
    const { server, cwd, home, flags } = await place([edit, { text: 'First.' }, { text: 'Second.' }]);
    await run(['-p', 'task one', ...flags], { cwd, home });
    const [file] = sessionFiles(home);
    expect(statSync(file!).mode & 0o777).toBe(0o600);
    const { stdout } = await run(['resume', '-p', '', ...flags], { cwd, home, input: 'task two' });
    expect(stdout).toBe('Second.\n');
    const messages = agentRequests(server).at(-1)!.body.messages;
    expect(JSON.stringify(messages)).toMatch(/task one.*First\..*task two/s);
    expect(sessionFiles(home)).toHaveLength(1);
  });

  test('the prefix of a resumed request is byte for byte what was sent before', async () => {
    const { server, cwd, home, flags } = await place([edit, { text: 'First.' }, { text: 'Second.' }]);
    await run(['-p', 'task one', ...flags], { cwd, home });
    await run(['--continue', '-p', 'task two', ...flags], { cwd, home });
    const [before, after] = agentRequests(server)
      .slice(-2)
      .map(({ body }) => JSON.stringify(body.messages).slice(0, -1));
    expect(after!.startsWith(before!)).toBe(true);
  });

  test('--no-session leaves no file; sessions lists what there is, in the time of the place', async () => {
    const { cwd, home, flags } = await place([done, done]);
    await run(['-p', 'secret', ...flags, '--no-session'], { cwd, home });
    expect(sessionFiles(home)).toEqual([]);
    await run(['-p', 'kept', ...flags], { cwd, home });
    const { stdout } = await run(['sessions', '--format', 'json'], { cwd, home });
    expect(JSON.parse(stdout)).toMatchObject([{ task: 'kept', steps: 1, outcome: 'done' }]);
    const [{ changedAt }] = JSON.parse(stdout);
    const inTokyo = new Date(Date.parse(changedAt) + 9 * 3_600_000).toISOString().slice(0, 16).replace('T', ' ');
    const listed = await run(['sessions'], { cwd, home, env: { TZ: 'Asia/Tokyo' } });
    expect(listed.stdout).toMatch(new RegExp(`${inTokyo} .* kept\n`));
  });

  test('a file whose last line was cut by a kill is resumed with every finished step', async () => {
    const { server, cwd, home, flags } = await place([edit, { text: 'First.' }, { text: 'Second.' }]);
    await run(['-p', 'task one', ...flags], { cwd, home });
    const [file] = sessionFiles(home);
    writeFileSync(file!, readFileSync(file!, 'utf8').trimEnd().slice(0, -40));
    expect((await run(['--continue', '-p', 'task two', ...flags], { cwd, home })).stdout).toBe('Second.\n');
    expect(agentRequests(server).at(-1)!.rawBody).toContain('First.');
    expect((await run(['--continue', '-p', 'x', ...flags], { cwd, home })).code).toBe(1);
  });
});
