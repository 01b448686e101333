import { type ChildProcess, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScriptedReply } from '../../src/demo/server/scenario.ts';
import type { ModelServer } from '../../src/demo/server.ts';
import { ended, makeFolder, run, serve, start } from '../program/program.ts';

/** More moments by WINK_KILLS=50. */
const moments = Number(process.env.WINK_KILLS ?? 3);

const [one, two] = ['a'.repeat(29_999), 'b'.repeat(99_999)].map((text) => `${text}\n`) as [string, string];
const call = (
  name: string,
  args: ScriptedReply['calls'] extends readonly (infer Call)[] | undefined
    ? Extract<Call, { arguments: unknown }>['arguments']
    : never,
) => ({ text: 'On.', calls: [{ name, arguments: args }] });
const endless: readonly ScriptedReply[] = [
  call('write', { path: 'big.txt', content: one }),
  call('shell', { command: 'sleep 0.05 & cat big.txt > copy.tmp && mv copy.tmp copy.txt && echo $$' }),
  call('edit', { path: 'small.txt', edits: [{ oldText: 'left', newText: 'right' }] }),
  call('write', { path: 'big.txt', content: two }),
  call('shell', { command: 'rm -f made.txt; echo x > made.txt; date +%N' }),
  call('edit', { path: 'small.txt', edits: [{ oldText: 'right', newText: 'left' }] }),
];

async function place() {
  const server = await serve({
    rules: [
      {
        when: { kind: 'agent', user: 'finish now' },
        replies: [call('write', { path: 'last.txt', content: 'x' }), { text: 'Finished.' }],
      },
      { when: { kind: 'agent', user: 'begin' }, replies: [call('read', { path: 'small.txt' })] },
      { when: { kind: 'agent' }, replies: endless, after: 'restart' },
    ],
  });
  const [cwd, home] = [makeFolder(), makeFolder()];
  execFileSync('git', ['init', '-q'], { cwd });
  writeFileSync(join(cwd, 'small.txt'), 'this is left of it\n');
  return {
    server,
    cwd,
    home,
    flags: ['--model', 'scripted', '--base-url', server.url, '--approval', 'full', '--wink', 'shadow'],
  };
}

/** Processes that are in the working folder, or were started with that home, wherever they are. */
function processesOf({ cwd, home }: { cwd: string; home: string }): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const isThere = readlinkSync(`/proc/${pid}/cwd`).startsWith(cwd);
      return isThere || readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`HOME=${home}`);
    } catch {
      return false;
    }
  });
}

function sessionLines(home: string): { whole: { type: string; index?: number }[]; broken: number } {
  const folder = join(home, '.wink/sessions');
  const files = readdirSync(folder).flatMap((slug) =>
    readdirSync(join(folder, slug))
      .filter((name) => name.endsWith('.jsonl'))
      .map((name) => join(folder, slug, name)),
  );
  expect(files).toHaveLength(1);
  let broken = 0;
  const whole = readFileSync(files[0]!, 'utf8')
    .split('\n')
    .filter(Boolean)
    .flatMap((line) => {
      try {
        return [JSON.parse(line)];
      } catch {
        broken++;
        return [];
      }
    });
  return { whole, broken };
}

/** Waits until the agent has asked so often; says what it said when it ends before. */
async function untilAsked(server: ModelServer, wanted: number, child: ChildProcess): Promise<void> {
  let stderr = '';
  child.stderr!.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const asked = () => server.requests.filter(({ body }) => Array.isArray(body.tools)).length;
  await expect
    .poll(() => asked() >= wanted || child.exitCode !== null, { timeout: 60_000, interval: 1 })
    .toBe(true)
    .catch((error: unknown) => {
      throw new Error(`asked ${asked()} of ${wanted} times; it said: ${stderr}`, { cause: error });
    });
  expect(child.exitCode, stderr).toBeNull();
}

function allFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' });
}

test.runIf(existsSync('/proc'))(
  `kill -9 at ${moments} random moments: files are old or new, the session goes on with every finished step, nothing is left behind`,
  { timeout: 60_000 + moments * 60_000 },
  async () => {
    for (let moment = 0; moment < moments; moment++) {
      const at = await place();
      const child = start(['-p', 'begin', ...at.flags], at);
      const over = ended(child);
      const wanted = 2 + Math.floor(Math.random() * 12);
      await untilAsked(at.server, wanted, child);
      const until = performance.now() + Math.random() * 60;
      while (performance.now() < until) await new Promise((resolve) => setImmediate(resolve));
      child.kill('SIGKILL');
      await over;

      if (existsSync(join(at.cwd, 'big.txt')))
        expect([one, two]).toContain(readFileSync(join(at.cwd, 'big.txt'), 'utf8'));
      expect(['this is left of it\n', 'this is right of it\n']).toContain(
        readFileSync(join(at.cwd, 'small.txt'), 'utf8'),
      );
      await expect.poll(() => processesOf(at), { timeout: 10_000 }).toEqual([]);

      const before = sessionLines(at.home);
      const steps = before.whole.filter(({ type }) => type === 'step');
      expect(steps.map(({ index }) => index)).toEqual(steps.map((_, index) => index));
      expect(before.broken).toBeLessThanOrEqual(1);
      expect(steps.length).toBeGreaterThanOrEqual(wanted - 1);

      const resumed = await run(['-p', '--continue', 'finish now', ...at.flags], at);
      expect(resumed, resumed.stderr).toMatchObject({ code: 0, stdout: 'Finished.\n' });
      const after = sessionLines(at.home).whole.filter(({ type }) => type === 'step');
      expect(after).toHaveLength(steps.length + 2);
      const last = at.server.requests.findLast(({ body }) => Array.isArray(body.tools))!;
      const results = Array.isArray(last.body.messages)
        ? last.body.messages.filter((message: { role?: string }) => message.role === 'tool')
        : [];
      expect(results).toHaveLength(steps.length + 1);

      const left = [...allFiles(at.cwd), ...allFiles(join(at.home, '.wink'))].filter((name) =>
        /\.wink-[0-9a-f]+\.tmp$|\.lock$|\.list$|index-/.test(name),
      );
      expect(left).toEqual([]);
    }
  },
);

test.runIf(existsSync('/proc')).each(['full', 'edits'])(
  'a run that its limit ends right after a command leaves nothing behind, in mode %s',
  async (approval) => {
    const at = await place();
    const flags = [...at.flags, '--approval', approval, '--max-turns', '2'];
    expect(await run(['-p', 'go', ...flags], at)).toMatchObject({ code: 3 });
    await expect.poll(() => processesOf(at), { timeout: 10_000 }).toEqual([]);
  },
);
