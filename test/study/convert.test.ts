import { chmod, link as hardLink, lstat, readdir, readFile, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runConvert } from '../../src/study/convert-command.ts';
import { openTrajectories } from '../../src/study/input/read-trajectories.ts';
import { makeFolder } from './temporary.ts';

const fixtures = join(import.meta.dirname, '../fixtures/formats');

async function run(argv: string[]) {
  const chunks = { out: '', err: '' };
  const sink = (name: 'out' | 'err') =>
    new Writable({
      write: (chunk, _encoding, done) => {
        chunks[name] += String(chunk);
        done();
      },
    });
  const code = await runConvert(argv, { stdout: sink('out'), stderr: sink('err'), env: {}, cwd: tmpdir() });
  return { code, ...chunks };
}

describe('convert', () => {
  it('writes every known form as dataset lines that read back to the same acts, results and words', async () => {
    const out = join(await makeFolder('convert'), 'all.jsonl');
    const { err, code } = await run([fixtures, '--out', out]);
    expect(code).toBe(0);
    expect(err).toContain('unknown.json: its form is not known');
    expect(err).toMatch(/2\d trajectories \(.*Claude Code 2.*\); 2 files or lines skipped/);
    const listener = { onSkip: (place: string) => expect.unreachable(place) };
    const originals = new Map<string, string[]>();
    for await (const one of openTrajectories([fixtures], { onSkip: () => {} })) {
      originals.set(
        `${one.agent} ${one.id}`,
        one.steps.flatMap((step) => step.calls.map((call) => `${call.act} ${call.isError} ${call.output}`)),
      );
    }
    for await (const one of openTrajectories([out], listener)) {
      const calls = one.steps.flatMap((step) => step.calls.map((call) => `${call.act} ${call.isError} ${call.output}`));
      expect([one.id, calls]).toEqual([one.id, originals.get(`${one.agent} ${one.id}`)]);
    }
  });

  it('can write over what it reads, also through a link or with two names, and to a device', async () => {
    const home = await makeFolder('convert');
    const [out, twin, link] = [join(home, 'all.jsonl'), join(home, 'twin.jsonl'), join(home, 'link.jsonl')];
    await run([join(fixtures, 'pi-session.jsonl'), '--out', out]);
    await chmod(out, 0o640);
    await symlink(out, link);
    await run([link, '--out', link]);
    expect((await lstat(link)).isSymbolicLink()).toBe(true);
    expect((await stat(out)).mode & 0o777).toBe(0o640);
    await hardLink(out, twin);
    await run([out, '--out', out]);
    const before = await readFile(out, 'utf8');
    expect(JSON.parse(before)).toMatchObject({ id: 'pi-1', agent: 'pi' });
    expect(await readFile(twin, 'utf8')).toBe(before);
    expect((await stat(twin)).nlink).toBe(2);
    await run([out, '--out', '/dev/null']);
    expect((await stat('/dev/null')).isFile()).toBe(false);
    await expect(run([join(home, 'mistyped'), '--out', out])).rejects.toThrow('mistyped');
    expect(await readFile(out, 'utf8')).toBe(before);
    expect((await readdir(home)).toSorted()).toEqual(['all.jsonl', 'link.jsonl', 'twin.jsonl']);
  });

  it('keeps the calls of one message together, so that what was one round is read as one', async () => {
    const rounds = async (path: string) => {
      const found: number[] = [];
      for await (const { steps } of openTrajectories([path], { onSkip: () => {} }))
        found.push(...steps.map(({ calls }) => calls.length));
      return found;
    };
    const source = join(fixtures, 'mini-v2.traj.json');
    const out = join(await makeFolder('convert'), 'rounds.jsonl');
    await run([source, '--out', out]);
    expect(await rounds(out)).toEqual(await rounds(source));
    expect(Math.max(...(await rounds(out)))).toBeGreaterThan(1);
  });

  it('splits parallel calls into steps and keeps words, outcome and tokens', async () => {
    const { out } = await run([join(fixtures, 'mini-v2.traj.json'), join(fixtures, 'claude-code.jsonl')]);
    const [mini, claude] = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(mini.steps.map((step: { index: number; tool: string }) => [step.index, step.tool])).toEqual([
      [0, 'bash'],
      [1, 'bash'],
    ]);
    expect(claude.steps[2].user).toBe('Change the sign, please.');
    expect(claude.facts).toMatchObject({ interrupts: 1, usage: { outputTokens: 32 } });
  });

  it('splits over machines without losing or doubling a run', async () => {
    const ids: string[] = [];
    for (const shard of ['1/2', '2/2']) {
      const { out } = await run([
        join(fixtures, 'openai-messages.jsonl'),
        join(fixtures, 'pi-session.jsonl'),
        '--shard',
        shard,
      ]);
      for (const line of out.split('\n').filter(Boolean)) ids.push(JSON.parse(line).id);
    }
    expect(ids.sort()).toEqual(['om-1', 'om-2', 'pi-1']);
  });

  it('refuses to run without paths or with one that does not exist', async () => {
    await expect(run([])).rejects.toThrow(/convert needs files/);
    await expect(run(['/no/such'])).rejects.toThrow(/There is no file or folder/);
    expect((await run(['--help'])).out).toContain('Usage: wink-agent convert');
    expect(await readFile(join(fixtures, 'unknown.json'), 'utf8')).toContain('hello');
  });
});
