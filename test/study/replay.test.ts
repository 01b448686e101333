import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runReplay } from '../../src/study/replay/replay-command.ts';
import { breakingRun, captureIo, goodRun, judgedBy, stuckRun, temporaryFolder, writeDataset } from './runs.ts';

const folder = temporaryFolder();
const file = writeDataset(join(folder, 'runs.jsonl'), [
  goodRun,
  stuckRun,
  breakingRun,
  { id: 'empty', source: 'made', steps: [] },
]);

async function replay(...argv: string[]) {
  const { io, stdout, stderr } = captureIo();
  return { code: await runReplay(argv, io), stdout: stdout(), stderr: stderr() };
}

describe('replay', () => {
  it('gives one object a trajectory in the order read, with the keys of the contract', async () => {
    const { code, stdout } = await replay(file, '--format', 'jsonl');
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(code).toBe(0);
    expect(lines.map((line) => line.id)).toEqual(['good', 'stuck', 'breaking', 'empty']);
    expect(lines[0]).toMatchObject({
      source: 'made',
      steps: 4,
      signals: [],
      reminders: [],
      suppressed: [],
      episodes: [],
    });
    expect(lines[1].signals).toEqual([
      {
        detector: 'repeated-call',
        category: 'Reasoning Problems',
        class: 'infinite-loop',
        step: 2,
        confidence: 0.95,
        evidenceSteps: [0, 1, 2],
        evidence: expect.any(String),
      },
    ]);
    expect(lines[1].reminders[0]).toMatchObject({
      class: 'infinite-loop',
      detector: 'repeated-call',
      step: 2,
      text: expect.stringMatching(/\w/),
    });
    expect(lines[1].episodes).toMatchObject([{ mode: 'shadow', class: 'infinite-loop', outcome: 'persisted' }]);
    expect(lines[2].signals).toMatchObject([{ class: 'did-not-follow-instructions', step: 1 }]);
    expect(lines[3]).toMatchObject({ id: 'empty', steps: 0 });
  });

  it('gives one object with the same and totals', async () => {
    const { stdout } = await replay(file, '--format', 'json');
    const whole = JSON.parse(stdout);
    expect(whole.trajectories).toHaveLength(4);
    expect(whole.totals).toMatchObject({ trajectories: 4, steps: 15, runsWithSignals: 2 });
  });

  it('gives an object even when nothing could be read', async () => {
    const { stdout, stderr } = await replay(
      writeDataset(join(folder, 'none.jsonl'), [{ hello: 1 }]),
      '--format',
      'json',
    );
    expect(JSON.parse(stdout)).toMatchObject({ trajectories: [], totals: { trajectories: 0 } });
    expect(stderr).toContain('its form is not known');
  });

  it('lists what was found and sums it up', async () => {
    const { stdout } = await replay(file);
    expect(stdout).toContain('stuck  (8 steps)');
    expect(stdout).toMatch(/step {4}2 {2}reminder {2}infinite-loop \(repeated-call\)/);
    expect(stdout).toContain('4 trajectories, 15 steps: 2 signals in 2 runs');
    expect(stdout).not.toContain('good  (');
  });

  it('splits work so that each trajectory is in exactly one shard', async () => {
    const ids = async (shard: string) => {
      const { stdout } = await replay(file, '--format', 'jsonl', '--shard', shard);
      return stdout
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).id);
    };
    expect([...(await ids('1/2')), ...(await ids('2/2'))].sort()).toEqual(['breaking', 'empty', 'good', 'stuck']);
  });

  it('says what is wrong with its arguments', async () => {
    await expect(replay()).rejects.toThrow(/needs files or folders/);
    await expect(replay(file, '--format', 'xml')).rejects.toThrow(/--format takes table, json or jsonl/);
    await expect(replay(file, '--colour')).rejects.toThrow(/replay --help/);
    await expect(replay(file, '--judge')).rejects.toThrow(/--judge needs a model/);
    expect((await replay('--help')).stdout).toContain('Usage: wink-agent replay');
  });

  it('asks the judge where it would be asked live, and takes its verdicts in', async () => {
    const pages = Array.from({ length: 8 }, (_, n) => ({
      tool: 'shell',
      args: { command: `echo ${n} > docs/page${n}.md` },
      result: '',
      isError: false,
    }));
    const drifting = writeDataset(join(folder, 'drift.jsonl'), [
      { ...goodRun, id: 'drift', steps: [...pages, goodRun.steps.at(-1)] },
    ]);
    const { io, stdout } = captureIo();
    const asked: string[] = [];
    const finding = {
      class: 'unrequested-changes',
      steps: [0, 1],
      words: goodRun.task,
      shown: 'echo 0 > docs/page0.md',
      missing: '',
      innocent: 'none',
      harm: 'The user believes it.',
      certainty: 'certain',
      next: 'Remove docs/page0.md.',
    };
    const ask = async ({ user }: { user: string }) => {
      asked.push(user);
      return {
        text: JSON.stringify({ claims: [], requests: [], findings: [finding, { ...finding, shown: 'never said' }] }),
        usage: { inputTokens: 10, cachedInputTokens: 0, outputTokens: 5, costUsd: null },
      };
    };
    await runReplay([drifting, '--judge', '--format', 'jsonl'], io, judgedBy(ask));
    const [line] = stdout()
      .trim()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(asked).toHaveLength(1);
    expect(line.verdicts).toMatchObject([{ class: 'unrequested-changes', source: 'judge', advice: finding.next }]);
    expect(line.judge).toMatchObject({ calls: 1, unanswered: [] });
    expect(line.suppressed).toContainEqual({
      class: 'unrequested-changes',
      step: 8,
      reason: 'the judge quotes what is not in the account',
    });
  });
});
