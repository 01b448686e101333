import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compiledCode } from '../compiled-code.ts';
import { ended, jsonLines, makeFolder, run, serve, start } from '../program/program.ts';

const launcher = resolve(import.meta.dirname, '../../bin/wink-agent.js');
const done = { text: 'All done.' };
const write = (path: string) => ({
  text: 'I write.',
  calls: [{ name: 'write', arguments: { path, content: 'new\n' } }],
});

async function place(replies: readonly object[]) {
  const server = await serve({ rules: [{ when: { kind: 'agent' }, replies }] });
  const [cwd, home] = [makeFolder(), makeFolder()];
  return { server, cwd, home, flags: ['--model', 'scripted', '--base-url', server.url, '--approval', 'edits'] };
}

const canMount = process.platform === 'linux' && process.getuid?.() === 0 && tryMount();

/** A file system of 256 kB. */
function mount(folder: string): void {
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', folder], { stdio: 'pipe' });
}

function unmount(folder: string): void {
  execFileSync('umount', ['-l', folder], { stdio: 'pipe' });
}

function tryMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'wink-mount-'));
  try {
    mount(folder);
    unmount(folder);
    return true;
  } catch {
    return false;
  }
}

/** Writes until there is no room for another byte. */
function fill(path: string): void {
  expect(() => {
    for (;;) writeFileSync(path, 'z'.repeat(4096), { flag: 'a' });
  }).toThrow('ENOSPC');
}

/** Runs the program from a shell line, `$WINK` standing for it. */
function shell(line: string, { cwd, home }: { cwd: string; home: string }, flags: readonly string[]) {
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    WINK_HOME: join(home, '.wink'),
    ...compiledCode,
    NODE: process.execPath,
    LAUNCHER: launcher,
  };
  return ended(
    spawn('/bin/sh', ['-c', line.replace('$WINK', '"$NODE" "$LAUNCHER"'), 'sh', ...flags], {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  );
}

/** One sentence for people: no stack, no source line. */
function expectPlain(stderr: string): void {
  expect(stderr).not.toMatch(/\n\s+at |node:internal|UnhandledPromise|file:\/\//);
}

describe('a stream that is closed', () => {
  test('stdout closed midway ends nothing: the task is finished', async () => {
    const { cwd, home, flags } = await place([
      { text: 'I write.', calls: [{ name: 'write', arguments: { path: 'a.txt', content: 'x' } }], fillerTokens: 5000 },
      done,
    ]);
    const child = start(['-p', 'go', ...flags, '--output-format', 'stream-json'], { cwd, home });
    child.stdout!.once('data', () => child.stdout!.destroy());
    let stderr = '';
    child.stderr!.on('data', (chunk) => {
      stderr += String(chunk);
    });
    const code = await new Promise((done_) => child.once('close', done_));
    expectPlain(stderr);
    expect(code).toBe(0);
    expect(existsSync(join(cwd, 'a.txt'))).toBe(true);
  });

  test('stdout closed from the start, stdin closed, stderr closed', async () => {
    const at = await place([write('a.txt'), done, write('b.txt'), done, write('c.txt'), done]);
    for (const redirect of ['>&-', '<&-', '2>&-']) {
      const { code, stderr } = await shell(`$WINK -p go "$@" ${redirect}`, at, at.flags);
      expect([redirect, code]).toEqual([redirect, 0]);
      expectPlain(stderr);
    }
    expect(readdirSync(at.cwd).sort()).toEqual(['a.txt', 'b.txt', 'c.txt']);
  });

  test.runIf(existsSync('/dev/full'))(
    'an answer that can not be written is told, and the exit code is not 0',
    async () => {
      const at = await place([done]);
      const { code, stderr } = await shell('$WINK -p go "$@" > /dev/full', at, at.flags);
      expectPlain(stderr);
      expect(stderr).toContain('ENOSPC');
      expect(code).toBe(1);
    },
  );
});

describe('a home that can not be written', () => {
  test('the task goes on, one sentence says that the session is not saved', async () => {
    const at = await place([write('a.txt'), done]);
    writeFileSync(join(at.home, '.wink'), 'a file, not a folder');
    const { code, stdout, stderr } = await run(['-p', 'go', ...at.flags], at);
    expectPlain(stderr);
    expect(stderr.split('\n').filter((line) => /session is not being saved/.test(line))).toHaveLength(1);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'All done.\n' });
    expect(readFileSync(join(at.cwd, 'a.txt'), 'utf8')).toBe('new\n');
  });

  test.runIf(canMount)('a disk that is full stops only the saving; the old files stay whole', async () => {
    const at = await place([
      write('a.txt'),
      { text: 'More.', calls: [{ name: 'write', arguments: { path: 'full/b.txt', content: 'y'.repeat(400_000) } }] },
      done,
    ]);
    for (const folder of [join(at.home, '.wink'), join(at.cwd, 'full')]) {
      mkdirSync(folder);
      mount(folder);
    }
    try {
      writeFileSync(join(at.cwd, 'full/b.txt'), 'old\n');
      const { code, stdout, stderr } = await run(
        ['-p', 'go', ...at.flags, '--output-format', 'json', '--no-session'],
        at,
      );
      expectPlain(stderr);
      expect(readFileSync(join(at.cwd, 'full/b.txt'), 'utf8')).toBe('old\n');
      expect(readdirSync(join(at.cwd, 'full'))).toEqual(['b.txt']);
      expect(jsonLines(stdout)[0]).toMatchObject({ outcome: 'done', filesChanged: ['a.txt'] });
      expect(code).toBe(0);
    } finally {
      for (const folder of [join(at.home, '.wink'), join(at.cwd, 'full')]) unmount(folder);
    }
  });

  test.runIf(canMount)(
    'a home without room: the session is not saved, one sentence says so, the task goes on',
    async () => {
      const at = await place([write('a.txt'), done]);
      const home = join(at.home, '.wink');
      mkdirSync(home);
      mount(home);
      try {
        fill(join(home, 'filler'));
        const { code, stdout, stderr } = await run(['-p', 'go', ...at.flags], at);
        expectPlain(stderr);
        expect(stderr.match(/session is not being saved/g)).toHaveLength(1);
        expect({ code, stdout }).toEqual({ code: 0, stdout: 'All done.\n' });
      } finally {
        unmount(home);
      }
    },
  );
});

describe('a folder that is gone', () => {
  test('at the start: one sentence, exit 2', async () => {
    const at = await place([done]);
    mkdirSync(join(at.cwd, 'gone'));
    const { code, stderr } = await shell('cd gone && rmdir ../gone && $WINK -p go "$@"', at, at.flags);
    expectPlain(stderr);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(code).toBe(2);
  });

  test('midway: the calls fail in words for the model, the run ends in order', async () => {
    const at = await place([
      { text: 'First.', calls: [{ name: 'shell', arguments: { command: 'ls' } }], firstByteDelayMs: 300 },
      { text: 'Then.', calls: [{ name: 'glob', arguments: { pattern: '**' } }] },
      write('a.txt'),
      done,
    ]);
    const child = start(['-p', 'go', ...at.flags, '--output-format', 'json'], at);
    const result = ended(child);
    await expect.poll(() => at.server.requests.length, { timeout: 10_000 }).toBeGreaterThan(0);
    rmSync(at.cwd, { recursive: true });
    const { code, stdout, stderr } = await result;
    expectPlain(stderr);
    expect(jsonLines(stdout)[0]).toMatchObject({ type: 'result', outcome: 'done' });
    expect(code).toBe(0);
  });
});

describe('signals', () => {
  test.each([
    ['SIGHUP', 129],
    ['SIGTERM', 143],
    ['SIGINT', 130],
  ] as const)(
    '%s during a command ends it, its children and the run, exit %i, and the session has its end',
    async (signal, expected) => {
      const marker = `${3_000 + Math.floor(Math.random() * 1000)}.25`;
      const at = await place([
        { text: 'I wait.', calls: [{ name: 'shell', arguments: { command: `sleep ${marker} & sleep ${marker}` } }] },
        done,
      ]);
      const child = start(['-p', 'go', ...at.flags.slice(0, -1), 'full', '--output-format', 'json'], at);
      const result = ended(child);
      await expect.poll(() => processesWith(marker), { timeout: 10_000 }).toBeGreaterThan(1);
      child.kill(signal);
      const { code, stdout } = await result;
      expect(code).toBe(expected);
      expect(jsonLines(stdout)[0]).toMatchObject({ outcome: 'aborted' });
      await expect.poll(() => processesWith(marker), { timeout: 5_000 }).toBe(0);
    },
  );

  test('a stop and a continue change nothing', async () => {
    const at = await place([{ ...write('a.txt'), firstByteDelayMs: 200 }, done]);
    const child = start(['-p', 'go', ...at.flags], at);
    const result = ended(child);
    await expect.poll(() => at.server.requests.length, { timeout: 10_000 }).toBeGreaterThan(0);
    child.kill('SIGSTOP');
    child.kill('SIGCONT');
    expect(await result).toMatchObject({ code: 0, stdout: 'All done.\n' });
  });
});

/** How many processes have this word in their command line. */
function processesWith(word: string): number {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && commandLine(name).split('\0').includes(word))
    .length;
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
