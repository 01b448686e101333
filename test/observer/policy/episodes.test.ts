import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../src/core/types.ts';
import { observerSchema } from '../../../src/observer/observer-schema.ts';
import { createPolicy, type Policy } from '../../../src/observer/policy/policy.ts';
import type { NormalizedStep } from '../../../src/observer/step/normalized-step.ts';
import { call, join, run, sameTest, signal, step, verdict, work } from '../steps.ts';

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

  it('says how often it was there at the moment of the words, however the findings counted', () => {
    const found = { times: 3, evidence: 'the same shell call came 3 times with the same result' };
    const first = { ...loop, ...found };
    const again = { ...loop, ...found, step: 5, evidenceSteps: [3, 4, 5], key: 'again' };
    const policy = policyIn('on');
    const said = run(policy, range(0, 5).map(sameTest), [first, again]).flatMap(({ reminders }) => reminders);
    expect(said.map(({ step, evidence }) => [step, /\d+ times/.exec(evidence)?.[0]])).toEqual([
      [3, '3 times'],
      [6, '6 times'],
    ]);
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

describe('a false claim that re-opened the turn', () => {
  const ran = (index: number, command: string, output: string): NormalizedStep =>
    step(index, [call('shell', { command }, { output, isError: output.includes('failed') })]);
  const red = ran(1, 'npm test', 'Tests  1 failed | 11 passed (12)');
  const says = (index: number, text: string): NormalizedStep => step(index, [], { text });
  const green = (index: number, command = 'npm test'): NormalizedStep => ran(index, command, 'Tests  12 passed (12)');
  const again = (index: number): NormalizedStep => says(index, 'Fixed: all 12 tests pass.');
  const corrected = says(3, 'Fixed in part: 11 tests pass, and one still fails.');

  function answer(steps: readonly NormalizedStep[], quote = 'all 12 tests pass', mode: 'on' | 'shadow' = 'on') {
    const policy = policyIn(mode);
    run(policy, [work(0), red, again(2)]);
    policy.verdict(verdict({ class: 'false-claim', atStep: 2, evidenceSteps: [1, 2], quote, quoteStep: 2 }));
    policy.deliver(3, true);
    run(policy, steps);
    policy.finish('done');
    const [episode] = policy.episodes();
    return [episode?.complied, episode?.outcome];
  }

  const table: [string, NormalizedStep[], boolean | undefined, string][] = [
    ['is corrected by a message that takes it back', [corrected], true, 'recovered'],
    ['is corrected by the missing check, whatever is said then', [work(3), green(4), again(5)], true, 'recovered'],
    ['is made again without it', [again(3)], false, 'persisted'],
    ['is made again after a check that is red', [{ ...red, index: 3 }, again(4)], false, 'persisted'],
    ['is made again after a change to what was checked', [green(3), work(4), again(5)], false, 'persisted'],
    ['is made again after a part of the tests', [green(3, 'npm test -- one.test.js'), again(4)], false, 'persisted'],
    ['is made again after a linter', [ran(3, 'npx eslint .', '0 problems'), again(4)], false, 'persisted'],
    [
      'is open after bare words, also when something was looked at',
      [ran(3, 'ls', 'a'), says(4, 'Done.')],
      undefined,
      'ended',
    ],
    ['is open while nothing was said', [ran(3, 'ls', 'a')], undefined, 'ended'],
    ['is open when a reason is given for it', [says(3, 'As you asked, done.')], undefined, 'ended'],
    ['is corrected with a reason', [says(3, 'I can’t run the tests because npm is missing.')], true, 'recovered'],
  ];
  it.each(table)('%s', (_, steps, complied, outcome) => {
    expect(answer(steps)).toEqual([complied, outcome]);
  });

  it('of what no check can show is not corrected by one', () => {
    expect(answer([green(3), says(4, 'All done.')], 'README.md documents the option')).toEqual([undefined, 'ended']);
  });

  it('is not judged by the next turn, and in shadow nobody complied', () => {
    const next = step(3, [], { text: 'It is a parser of config files.', userTexts: ['What is this?'] });
    expect(answer([next])).toEqual([undefined, 'ended']);
    expect(answer([corrected], undefined, 'shadow')[0]).toBeUndefined();
  });

  it('about the repository is corrected by the act that was missing', () => {
    const commit = ran(3, 'git add -A && git commit -m x', 'ok');
    const pushed = says(4, 'Pushed to origin.');
    expect(answer([commit, pushed], 'Pushed to origin.')).toEqual([false, 'persisted']);
    expect(answer([ran(3, 'git push', 'ok'), pushed], 'Pushed to origin.')).toEqual([true, 'recovered']);
  });
});
