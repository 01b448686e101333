import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { Workspace } from '../../src/core/tool.ts';
import { closeWorkspace } from '../../tools/file/workspace.ts';
import { findDescendants } from '../../tools/shell/descendants.ts';
import { makeHarness } from './harness.ts';

/** Command lines of living processes that hold a word. */
function processesWith(word: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    })
    .filter((line) => line.includes(word));
}

test('gives both outputs in their order and the exit code', async () => {
  const { call, cwd } = makeHarness();
  const result = await call('shell', { command: 'echo one; echo two >&2; echo three; pwd' });
  expect(result).toMatchObject({
    isError: false,
    output: `one\ntwo\nthree\n${cwd}\n[exit code 0]`,
    view: { kind: 'command', exitCode: 0 },
  });
});

test('a failing command is command-failed, an unknown one command-not-found', async () => {
  const { call } = makeHarness();
  expect(await call('bash', { command: 'x' })).toMatchObject({ isError: true });
  expect(await call('shell', { command: 'echo no; exit 3' })).toMatchObject({
    isError: true,
    errorKind: 'command-failed',
    output: 'no\n[exit code 3]',
  });
  expect(await call('shell', { command: 'surely-no-such-command' })).toMatchObject({ errorKind: 'command-not-found' });
  expect(await call('shell', { command: 'kill -SEGV $$' })).toMatchObject({
    errorKind: 'command-failed',
    output: '(no output)\n[ended by SIGSEGV]',
  });
  expect(await call('shell', { command: 'if then' })).toMatchObject({
    errorKind: 'command-failed',
    output: expect.stringContaining('syntax error'),
  });
});

test('a failure that a pipe hides is said, but not that a search found nothing or a reader had enough', async () => {
  const { call } = makeHarness();
  const run = async (command: string) => (await call('shell', { command })).output;
  expect(await run('(echo red; exit 1) | tail -1')).toBe('red\n\n[exit codes of the pipeline: 1 0]\n[exit code 0]');
  expect(await run('cd . && false | cat')).toContain('[exit codes of the pipeline: 1 0]');
  for (const command of ['echo a | cat', 'grep x /dev/null | head -1', 'yes | head -1', 'false || echo b', 'true'])
    expect(await run(command)).not.toContain('pipeline');
  expect(await call('shell', { command: 'echo a | cat; exit 4' })).toMatchObject({ view: { exitCode: 4 } });
});

test('a cd does not last', async () => {
  const { call, cwd } = makeHarness();
  await call('shell', { command: 'cd /' });
  expect((await call('shell', { command: 'pwd' })).output).toContain(cwd);
});

test('commands that read, ask, page or edit do not wait for a person', async () => {
  const { call } = makeHarness();
  expect((await call('shell', { command: 'cat; read answer; echo "got: $answer"' })).output).toBe(
    'got: \n[exit code 0]',
  );
  expect((await call('shell', { command: '(read x < /dev/tty) 2>&1' })).output).toContain('/dev/tty');
  const { output } = await call('shell', {
    command: 'echo $GIT_PAGER $PAGER $GIT_EDITOR $EDITOR $GIT_TERMINAL_PROMPT $TERM $NO_COLOR $DEBIAN_FRONTEND',
  });
  expect(output).toContain('cat cat true true 0 dumb 1 noninteractive');
  const commit =
    'git init -q . && git -c user.name=a -c user.email=a@b commit --allow-empty --amend 2>&1; git -c user.name=a -c user.email=a@b commit --allow-empty -m first && git log';
  expect((await call('shell', { command: commit })).output).toContain('first');
});

test('keys of model providers are not handed to commands', async () => {
  const { call } = makeHarness({ hiddenVariables: ['MY_MODEL_SECRET'] });
  const before = { ...process.env };
  try {
    Object.assign(process.env, {
      OPENAI_API_KEY: 'k1',
      TAVILY_API_KEY: 'k0',
      ANTHROPIC_AUTH_TOKEN: 'k2',
      MY_MODEL_SECRET: 'k3',
      ANTHROPIC_CUSTOM_HEADERS: 'x-api-key: k4',
      OTEL_EXPORTER_OTLP_HEADERS: 'k5',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c/?k=k7',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/?k=k7',
      AWS_BEARER_TOKEN_BEDROCK: 'k6',
      STRIPE_API_KEY: 'theirs',
    });
    const more = await call('shell', { command: 'env | grep -cE "k[4567]$"' });
    expect(more.output).toMatch(/^0\n/);
    const { output } = await call('shell', {
      command: 'echo "[$OPENAI_API_KEY$TAVILY_API_KEY][$ANTHROPIC_AUTH_TOKEN][$MY_MODEL_SECRET][$STRIPE_API_KEY]"',
    });
    expect(output).toContain('[][][][theirs]');
  } finally {
    process.env = before;
  }
});

test('no shell waits while a command runs, which could swap the files that a sandbox covers', async () => {
  const { call } = makeHarness();
  const countMarks = `grep -aohs "WINK_CALL=\${WINK_CALL%-*}-[0-9]*" /proc/[0-9]*/environ | sort -u | wc -l`;
  const run = async () => Number((await call('shell', { command: `sleep 0.2; ${countMarks}` })).output.split('\n')[0]);
  expect(await run()).toBe(1);
  expect(await run()).toBe(1);
  await call('shell', { command: 'sleep 60', background: true });
  expect(await run()).toBe(2);
  expect(await run()).toBe(2);
});

test('the shell of the next command waits, and is another one where what it was made from has changed', async () => {
  onTestFinished(() => {
    delete process.env.WINK_TEST_CHANGED;
    delete process.env.SHELLOPTS;
  });
  const { call, cwd, workspace } = makeHarness();
  const run = async (command: string) =>
    (await call('shell', { command: `${command}; echo "\${WINK_CALL#*-} $PWD"` })).output;
  const whole = (number: number) => `${number} ${cwd}\n[exit code 0]`;
  expect(await run(':')).toBe(whole(1));
  expect(await run('read -r x; [ -z "$wink_line" ] && [ ! -e /proc/self/fd/3 ]')).toBe(whole(2));
  process.env.WINK_TEST_CHANGED = 'yes';
  expect(await run('echo $WINK_TEST_CHANGED')).toBe(`yes\n${whole(4)}`);
  renameSync(cwd, `${cwd}-away`);
  mkdirSync(cwd);
  expect(await run('ls')).toBe(whole(6));
  // What is read byte by byte is not long, and a shell's own settings are not followed twice.
  const long = '#'.repeat(5_000);
  expect(await run(`${long}\n:`)).toBe(whole(8));
  expect(await run(':')).toBe(whole(7));
  process.env.SHELLOPTS = 'xtrace';
  expect((await run(':')).match(/^\++ :$/gm)).toEqual(['+ :']);
  delete process.env.SHELLOPTS;
  const ours = `grep -ls "WINK_CALL=$(echo $WINK_CALL | cut -d- -f1)-" /proc/[0-9]*/environ | cut -d/ -f3`;
  expect(await run(`kill -9 $(${ours})`)).toContain('ended by SIGKILL');
  const mark = /^mark (\S+)/.exec(await run('echo mark $WINK_CALL'))?.[1]?.replace(/\d+$/, '') ?? '';
  expect(await findDescendants({ groups: [], mark })).toHaveLength(1);
  await closeWorkspace(workspace);
  expect(await findDescendants({ groups: [], mark })).toEqual([]);
});

test('a time-out ends the command and all that came of it, and keeps what was printed', async () => {
  const { call } = makeHarness();
  const command =
    'echo begun; sleep 7101 & setsid sleep 7102 & (trap "" TERM; sleep 7103) & setsid sh -c "trap \\"\\" TERM; sleep 7104; sleep 7105" & wait';
  const result = await call('shell', { command, timeoutSeconds: 1 });
  expect(result).toMatchObject({ isError: true, errorKind: 'timeout' });
  expect(result.output).toMatch(/^begun\n\[timed out after 1 s/);
  expect(processesWith('sleep 710')).toEqual([]);
});

test('an abort ends the command and its daemons', async () => {
  const { call, live } = makeHarness();
  const abort = new AbortController();
  const running = call('shell', { command: 'setsid sleep 7201 & echo up; sleep 7202' }, abort.signal);
  await expect.poll(() => live.join('')).toContain('up');
  abort.abort();
  expect(await running).toMatchObject({ isError: true, errorKind: 'aborted' });
  expect(processesWith('sleep 720')).toEqual([]);
});

test('a process left behind does not hold the call, is told, and ends with the session', async () => {
  const { call, workspace } = makeHarness();
  const result = await call('shell', {
    command: 'sleep 7301 & setsid nohup sleep 7302 > /dev/null 2>&1 & echo started',
  });
  expect(result.output).toMatch(/^started\n\[exit code 0\]\n\[a process of this command still runs \(\d+/);
  expect(processesWith('sleep 730').length).toBe(2);
  await closeWorkspace(workspace);
  expect(processesWith('sleep 730')).toEqual([]);
});

test('background jobs give their new output, their state, and can be ended', async () => {
  const { call } = makeHarness();
  const started = await call('shell', {
    command: 'echo one; sleep 0.2; echo two; sleep 7401',
    run_in_background: true,
  });
  expect(started.output).toContain('Started as job-1.');
  const seen: string[] = [];
  await expect
    .poll(async () => seen.push((await call('shell', { job: 'job-1' })).output) && seen.join(''))
    .toContain('two');
  expect(seen.join('').match(/one/g)).toHaveLength(1);
  const ended = await call('shell', { job: 'job-1', kill: true });
  expect(ended.output).toContain('[job-1 was ended]');
  expect(processesWith('sleep 7401')).toEqual([]);
});

test('waiting for a job ends with the job, and polls of a running one are not alike', async () => {
  const { call } = makeHarness();
  await call('shell', { command: 'sleep 0.3; exit 4', background: true });
  const first = await call('shell', { job: 'job-1' });
  expect(first.loopKey).toBeDefined();
  expect((await call('shell', { job: '1', timeoutSeconds: 30 })).output).toBe(
    '(nothing new was printed)\n[job-1 ended with exit code 4]',
  );
  expect(await call('shell', { job: 'job-9' })).toMatchObject({
    errorKind: 'bad-arguments',
    output: 'There is no job job-9. Jobs: job-1.',
  });
});

test('a clock that jumps ahead does not end the wait for a job, nor make it older', async () => {
  const { call } = makeHarness();
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => {
    vi.useRealTimers();
  });
  await call('shell', { command: 'sleep 0.3; exit 4', background: true });
  const waiting = call('shell', { job: '1', timeoutSeconds: 30 });
  vi.setSystemTime(Date.now() + 48 * 3600 * 1000);
  expect((await waiting).output).toContain('[job-1 ended with exit code 4]');
});

test('long output is clipped head and tail, and the file holds all of it', async () => {
  const { call, workspace } = makeHarness();
  const { output } = await call('shell', { command: 'seq 1 20000' });
  expect(output.length).toBeLessThan(26_000);
  expect(output.startsWith('1\n2\n')).toBe(true);
  expect(output).toContain('\n19999\n20000\n[exit code 0]');
  const [, path = ''] = /the full output is in (\S+\.log): use grep or read/.exec(output) ?? [];
  expect(path.startsWith(workspace.outputFolder)).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe(Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join(''));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a process left behind prints nothing into the call after its end, and is not ended by a closed pipe', async () => {
  const { call, live, put, get } = makeHarness();
  put('log', '');
  await call('shell', { command: '(sleep 0.6; echo late; echo done > log) & echo started' });
  expect(live.join('')).toBe('started\n');
  await expect.poll(() => get('log')).toBe('done\n');
  expect(live.join('')).toBe('started\n');
});

test('the whole output of a job is in its file', async () => {
  const { call, workspace } = makeHarness();
  await call('shell', { command: 'echo first; sleep 0.2; seq 1 20000', background: true });
  await call('shell', { job: 'job-1' });
  const { output } = await call('shell', { job: 'job-1', timeoutSeconds: 30 });
  const [, path = ''] = /the full output is in (\S+\.log)/.exec(output) ?? [];
  expect(path.startsWith(workspace.outputFolder)).toBe(true);
  expect(readFileSync(path, 'utf8')).toMatch(/^first\n1\n2\n.*\n20000\n$/s);
});

test('short output leaves no file', async () => {
  const { call, workspace } = makeHarness();
  await call('shell', { command: 'echo hello' });
  expect(existsSync(workspace.outputFolder)).toBe(false);
});

test('binary output and escape sequences reach neither model nor screen', async () => {
  const { call, live } = makeHarness();
  expect((await call('shell', { command: 'head -c 5000 /dev/zero' })).output).toMatch(
    /^\[binary output, not shown; it starts with the bytes 0000/,
  );
  const { output } = await call('shell', {
    command: "printf '\\033[31mred\\033[0m\\033]0;title\\007 10%%\\r20%%\\rdone\\n'",
  });
  expect(output).toBe('done\n[exit code 0]');
  expect(live.join('')).not.toContain('\u001b');
});

test('the command is its target, and aliases of arguments have one meaning', async () => {
  const { call, put } = makeHarness();
  put('sub dir/x', '');
  expect((await call('shell', { cmd: ['bash', '-lc', 'echo list'] })).output).toContain('list');
  expect(
    (await call('shell', { command: 'ls; pwd', workdir: 'sub dir', timeout: 120_000, description: 'x' })).output,
  ).toMatch(/^x\n.*sub dir\n/);
  expect(await call('shell', {})).toMatchObject({
    errorKind: 'bad-arguments',
    output: 'arguments: give either command or job',
  });
  const long = await call('shell', { command: `echo ${'x'.repeat(100_000)}` });
  expect(long.output).toContain('longer than 100000 bytes: write its text to a file');
  expect(await call('shell', { command: 'ls', timeoutSeconds: 99999 })).toMatchObject({ errorKind: 'bad-arguments' });
});

test('a sandbox stands around the command, and what it refused is told as such', async () => {
  const { call } = makeHarness({
    confine: {
      wrapCommand: (file, args) => ({ file: 'env', args: ['WRAPPED=yes', file, ...args] }),
      findWant: ({ output }) => (output.includes('Read-only') ? 'could not write' : undefined),
    },
  });
  expect((await call('shell', { command: 'echo $WRAPPED' })).output).toContain('yes');
  const refused = await call('shell', { command: 'echo "touch: Read-only file system"; exit 1' });
  expect(refused).toMatchObject({ errorKind: 'sandboxed' });
  expect(refused.output).toContain('[the sandbox: it could not write]');
});

test.each([
  ['true', 2],
  ['rm covered', 1],
])('after `%s` a sandbox is made ahead only where all that it covers is still there', async (command, starts) => {
  const { call, put, get, cwd } = makeHarness({
    confine: {
      wrapCommand: (file, args) => ({
        file: 'sh',
        args: ['-c', 'echo start >> starts; exec "$@"', 'sh', file, ...args],
        covers: [join(cwd, 'covered')],
      }),
    },
  });
  put('covered', '');
  put('starts', '');
  await call('shell', { command });
  const count = () => get('starts').split('\n').length - 1;
  if (starts > 1) await expect.poll(count).toBe(starts);
  expect(count()).toBe(starts);
});

test('a command that is given up while its sandbox is made does not start, nor after the end of the session', async () => {
  const startsYet = async (end: (stop: () => void, workspace: Workspace) => unknown, background: boolean) => {
    const stopping = new AbortController();
    const { call, cwd, workspace } = makeHarness({
      confine: {
        wrapCommand: async (file, args) => {
          await end(() => stopping.abort(), workspace);
          return { file, args };
        },
      },
    });
    const { errorKind } = await call('shell', { command: 'touch ran', background }, stopping.signal);
    await wait(background ? 300 : 0);
    return [errorKind, existsSync(join(cwd, 'ran'))];
  };
  for (const background of [false, true]) {
    expect(await startsYet((stop) => stop(), background)).toEqual(['aborted', false]);
    expect(await startsYet((_, workspace) => closeWorkspace(workspace), background)).toEqual(['aborted', false]);
  }
});

test('output in other encodings is read as what it says', async () => {
  const { call } = makeHarness();
  const say = async (command: string) => (await call('shell', { command })).output;
  expect(await say("printf 'Gr\\374\\337e\\n'; printf 'Grüße\\n'")).toBe('Grüße\nGrüße\n[exit code 0]');
  expect(await say("printf '\\377\\376a\\000b\\000c\\000\\n\\000'")).toBe('abc\n[exit code 0]');
});
