import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/types.ts';
import { observerSchema } from '../../../src/observer/config.ts';
import { createPolicy, type Policy } from '../../../src/observer/policy/policy.ts';
import type { NormalizedStep } from '../../../src/observer/step/normalized-step.ts';
import { call, join, run, sameTest, signal, step, work } from '../steps.ts';

const policyIn = (mode: 'on' | 'shadow'): Policy =>
  createPolicy({ config: observerSchema.parse({}), mode: () => mode, hasJudge: false });
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
const loop = signal({ step: 2, evidenceSteps: [0, 1, 2] });
const looking = (index: number): NormalizedStep =>
  step(index, [
    call('read', { path: 'missing' }, { isError: true, errorKind: 'missing-path', output: 'no such file' }),
  ]);

function episodesOf(
  steps: readonly NormalizedStep[],
  outcome: Outcome,
  mode: 'on' | 'shadow' = 'on',
  signals = [loop],
) {
  const policy = policyIn(mode);
  run(policy, steps, signals);
  policy.finish(outcome);
  return policy.episodes();
}

describe('the outcome of an episode', () => {
  const stuck = range(0, 2).map(sameTest);
  const table: [string, NormalizedStep[], Outcome, string][] = [
    ['ten steps of progress without it', [...stuck, ...range(3, 12).map(work)], 'turn-limit', 'recovered'],
    ['progress, and a run that ended done', [...stuck, ...range(3, 5).map(work)], 'done', 'recovered'],
    ['an edit and the same test again, which is work', [...stuck, work(3), sameTest(4)], 'done', 'recovered'],
    ['progress, and a run that was cut short', [...stuck, ...range(3, 5).map(work)], 'turn-limit', 'ended'],
    ['no step after the reminder', stuck, 'aborted', 'ended'],
    ['no progress, though it did not come back', [...stuck, ...range(3, 14).map(looking)], 'turn-limit', 'ended'],
    ['the loop going on to the end', range(0, 7).map(sameTest), 'turn-limit', 'persisted'],
  ];
  it.each(table)('%s', (_, steps, outcome, expected) => {
    expect(episodesOf(steps, outcome)).toMatchObject([{ id: 'e1', outcome: expected, openedAtStep: 2 }]);
  });

  it('is recovered with two interventions when the second reminder helped', () => {
    const steps = [...range(0, 5).map(sameTest), ...range(6, 16).map(work)];
    expect(episodesOf(steps, 'turn-limit')).toMatchObject([
      { outcome: 'recovered', interventions: 2, complied: true, closedAtStep: 15 },
    ]);
  });

  it('follows the agent by itself in shadow: its own recovery is known', () => {
    const steps = [...range(0, 4).map(sameTest), ...range(5, 14).map(work)];
    expect(episodesOf(steps, 'turn-limit', 'shadow')).toMatchObject([
      { mode: 'shadow', outcome: 'recovered', interventions: 0 },
    ]);
    expect(episodesOf(steps, 'turn-limit', 'shadow')[0]).not.toHaveProperty('complied');
  });

  it('tells whether the agent complied with the last words', () => {
    expect(episodesOf([...stuck, work(3)], 'turn-limit')[0]?.complied).toBe(true);
    expect(episodesOf(range(0, 4).map(sameTest), 'turn-limit')[0]?.complied).toBe(false);
    expect(episodesOf([...stuck, sameTest(3), work(4)], 'turn-limit')[0]?.complied).toBe(true);
  });
});

describe('an episode of which something stands on the disk', () => {
  const path = 'test/sum.test.ts';
  const tampering = signal({
    step: 0,
    evidenceSteps: [0],
    detector: 'constraint',
    class: 'did-not-follow-instructions',
    evidence: `“Do not modify the tests.” was said, and this touches ${path}`,
    key: 'constraint:tests',
  });
  const change = (index: number, from: string, to: string): NormalizedStep =>
    step(index, [call('edit', { path, oldText: from, newText: to })]);
  const git = (index: number): NormalizedStep => step(index, [call('shell', { command: `git checkout -- ${path}` })]);
  const refused = step(0, [
    call('edit', { path, oldText: '2', newText: '3' }, { isError: true, errorKind: 'blocked' }),
  ]);
  const broken = change(0, '2', '3');
  const table: [string, NormalizedStep[], Outcome, string][] = [
    ['is not recovered by working on', [broken, ...range(1, 14).map(work)], 'done', 'persisted'],
    ['is recovered when git took it back', [broken, work(1), git(2), work(3)], 'done', 'recovered'],
    ['is recovered when the old text was put back', [broken, change(1, '3', '2'), work(2)], 'done', 'recovered'],
    ['is recovered by working on when the call was refused', [refused, work(1)], 'done', 'recovered'],
  ];
  it.each(table)('%s', (_, steps, outcome, expected) => {
    for (const mode of ['on', 'shadow'] as const)
      expect(episodesOf(steps, outcome, mode, [tampering])).toMatchObject([{ outcome: expected }]);
  });
});

describe('an episode that comes back', () => {
  it('within ten steps is the same one', () => {
    const again = signal({ step: 7, evidenceSteps: [5, 6, 7] });
    const steps = [...range(0, 2).map(sameTest), work(3), work(4), ...range(5, 7).map(sameTest)];
    expect(episodesOf(steps, 'turn-limit', 'on', [loop, again])).toHaveLength(1);
  });

  it('after it had recovered is a new one that starts with firmer words', () => {
    const policy = policyIn('on');
    const again = signal({ step: 17, evidenceSteps: [15, 16, 17] });
    const steps = [...range(0, 2).map(sameTest), ...range(3, 14).map(work), ...range(15, 17).map(sameTest)];
    const decided = join(run(policy, steps, [loop, again]));
    expect(decided.reminders.map((reminder) => [reminder.episode, reminder.rung])).toEqual([
      ['e1', 'redirect'],
      ['e2', 'check'],
    ]);
  });

  it('is not seen in paging through other files once the agent has moved on', () => {
    const page = (index: number, path: string): NormalizedStep =>
      step(index, [call('read', { path, offset: index * 100 })]);
    const paging = signal({ step: 3, evidenceSteps: [0, 1, 2, 3], detector: 'paging', key: 'big.log' });
    const steps = [
      ...range(0, 3).map((index) => page(index, 'big.log')),
      page(4, 'src/a.ts'),
      work(5),
      page(6, 'big.log'),
    ];
    const [episode] = episodesOf(steps, 'done', 'on', [paging]);
    expect(episode).toMatchObject({ outcome: 'recovered', complied: true });
  });
});
