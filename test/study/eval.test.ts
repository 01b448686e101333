import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runEval } from '../../src/study/eval/eval-command.ts';
import { median, scoreClass } from '../../src/study/eval/score-class.ts';
import { createHistogram } from '../../src/study/report/histogram.ts';
import { breakingRun, captureIo, goodRun, stuckRun, temporaryFolder, writeDataset } from './runs.ts';

const folder = temporaryFolder();
const file = writeDataset(join(folder, 'runs.jsonl'), [
  goodRun,
  stuckRun,
  breakingRun,
  {
    ...goodRun,
    id: 'unlabelled-loop',
    labels: {
      success: true,
      misbehaviours: [{ class: 'infinite-loop', start: 1, visible: 2, end: 3, confidence: 0.8 }],
    },
  },
  { source: 'cases', case: 'a loop', core: true, expect: { stuck: true, atStep: 2 }, steps: stuckRun.steps },
  { source: 'cases', case: 'no loop', core: true, expect: { stuck: false }, steps: goodRun.steps },
]);

async function evaluate(...argv: string[]) {
  const { io, stdout, stderr } = captureIo();
  return { code: await runEval(argv, io), stdout: stdout(), stderr: stderr() };
}

const label = (className: string, start: number, visible: number, confidence = 0.9) => ({
  class: className,
  start,
  visible,
  end: 99,
  confidence,
});
const at = (className: string, ...steps: number[]) => steps.map((step) => ({ class: className, step }));

describe('scoreClass', () => {
  it('counts the first finding that is not before the start, and its delay from visible', () => {
    expect(scoreClass('infinite-loop', [label('infinite-loop', 5, 8)], at('infinite-loop', 2, 9, 12))).toEqual({
      truePositives: 1,
      falsePositives: 0,
      falseNegatives: 0,
      delay: 1,
    });
  });

  it('takes one that speaks only before the start for a false one, and the label for missed', () => {
    expect(scoreClass('infinite-loop', [label('infinite-loop', 5, 8)], at('infinite-loop', 2))).toEqual({
      truePositives: 0,
      falsePositives: 1,
      falseNegatives: 1,
    });
  });

  it('takes either name for a run that carries both', () => {
    const both = [label('infinite-loop', 5, 8), label('tool-call-failure', 1, 3)];
    expect(scoreClass('infinite-loop', both, at('tool-call-failure', 6))?.truePositives).toBe(1);
    expect(scoreClass('infinite-loop', [label('infinite-loop', 5, 8)], at('tool-call-failure', 6))?.truePositives).toBe(
      0,
    );
  });

  it('lets a weak label count neither way', () => {
    expect(scoreClass('infinite-loop', [label('infinite-loop', 5, 8, 0.4)], at('infinite-loop', 9))).toBeUndefined();
    expect(scoreClass('infinite-loop', [], at('infinite-loop', 9))?.falsePositives).toBe(1);
  });
});

describe('figures', () => {
  it('finds the middle', () => {
    expect([median([]), median([3]), median([4, 1]), median([9, 1, 2])]).toEqual([null, 3, 2.5, 2]);
  });

  it('gives quantiles within two per cent in constant memory', () => {
    const histogram = createHistogram();
    for (let value = 1; value <= 1000; value += 1) histogram.add(value);
    expect(histogram.quantile(0.5)! / 500).toBeCloseTo(1, 1);
    expect(histogram.quantile(0.99)! / 990).toBeCloseTo(1, 1);
    expect(createHistogram().quantile(0.5)).toBeNull();
  });
});

describe('eval', () => {
  it('gives figures by class, detector, rule and case', async () => {
    const { code, stdout } = await evaluate(file, '--format', 'json');
    const report = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(report).toMatchObject({
      dataset: file,
      runs: 6,
      labelledRuns: 2,
      classes: {
        'infinite-loop': {
          truePositives: 1,
          falsePositives: 0,
          falseNegatives: 1,
          precision: 1,
          recall: 0.5,
          medianDelay: 0,
          withinOneStep: 1,
        },
      },
      detectors: { 'repeated-call/infinite-loop': { class: 'infinite-loop', truePositives: 1, falseNegatives: 1 } },
      confusion: { 'infinite-loop': { 'infinite-loop': 1, none: 1 } },
      rules: { broken: 1, caughtInTime: 1, others: 0, othersFlagged: 0 },
      cases: { core: 2, asExpected: 2, negatives: 1, negativesFlagged: 0 },
      passingRuns: { runs: 2, withReminder: 0, share: 0 },
    });
  });

  it('joins labels of a file by set, source and id', async () => {
    const labels = join(folder, 'labels.jsonl');
    writeFileSync(
      labels,
      `${JSON.stringify({ set: 'small', source: 'made', id: 'good', labels: { misbehaviours: [label('false-claim', 3, 3)] } })}\n`,
    );
    const report = JSON.parse((await evaluate(file, '--labels', labels, '--format', 'json')).stdout);
    expect(report.classes['false-claim']).toMatchObject({ falseNegatives: 1, recall: 0 });
  });

  it('gives the same for each group of runs', async () => {
    const report = JSON.parse((await evaluate(file, '--by', 'agent', '--format', 'json')).stdout);
    expect(Object.keys(report.groups).sort()).toEqual(['alpha', 'beta', 'unknown']);
    expect(report.groups.beta.runs).toBe(2);
  });

  it('names the dataset and its size in the table', async () => {
    const { stdout } = await evaluate(file);
    expect(stdout).toContain(`${file}: 6 runs, `);
    expect(stdout).toMatch(/infinite-loop +1\.00 +0\.50/);
    expect(stdout).toContain('Rule breaks caught before or at the step: 1 of 1');
  });

  it('ends with 1 when a limit is not kept, and says which', async () => {
    const limits = join(folder, 'limits.json');
    writeFileSync(
      limits,
      JSON.stringify({
        classes: { 'infinite-loop': { precision: 0.9, recall: 0.9, medianDelay: 1 } },
        casesShare: 1,
        casesNegatives: 0,
      }),
    );
    const { code, stderr } = await evaluate(file, '--fail-under', limits);
    expect(code).toBe(1);
    expect(stderr).toBe('Not kept: recall of infinite-loop is 0.5, below 0.9.\n');
    writeFileSync(limits, JSON.stringify({ classes: { 'infinite-loop': { recall: 0.5 } }, passingRunsShare: 0.02 }));
    expect((await evaluate(file, '--fail-under', limits)).code).toBe(0);
  });

  it('says what is wrong with its arguments and files', async () => {
    await expect(evaluate()).rejects.toThrow(/needs datasets/);
    await expect(evaluate(file, '--by', 'moon')).rejects.toThrow(/--by takes/);
    await expect(evaluate(file, '--labels', join(folder, 'nowhere'))).rejects.toThrow(/no labels file/);
    writeFileSync(join(folder, 'bad.json'), '{"recal": 1}');
    await expect(evaluate(file, '--fail-under', join(folder, 'bad.json'))).rejects.toThrow(/not a file of limits/);
  });
});
