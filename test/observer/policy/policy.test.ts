import { describe, expect, it } from 'vitest';
import { observerSchema } from '../../../src/observer/observer-schema.ts';
import type { Decisions } from '../../../src/observer/policy/decisions.ts';
import { createPolicy, type Policy, type PolicyOptions } from '../../../src/observer/policy/policy.ts';
import { call, join, run, sameTest, signal, step, verdict, work } from '../steps.ts';

function policyWith(config: Record<string, unknown> = {}, parts: Partial<PolicyOptions> = {}): Policy {
  return createPolicy({ config: observerSchema.parse(config), mode: () => 'on', hasJudge: false, ...parts });
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, offset) => from + offset);

describe('a strong signal', () => {
  it('becomes a verdict and a reminder before the next step', () => {
    const decided = join(run(policyWith(), range(0, 2).map(sameTest), [signal({ step: 2, evidenceSteps: [0, 1, 2] })]));
    expect(decided.verdicts).toMatchObject([{ id: 'v1', source: 'detector', detector: 'same-call', firstStep: 0 }]);
    expect(decided.reminders).toMatchObject([{ id: 'r1', episode: 'e1', rung: 'redirect', step: 3, mode: 'on' }]);
    expect(decided.reminders[0]?.text).toContain('`npm test` was run 3 times with the same output.');
  });

  it('is said once, however often it is found', () => {
    const findings = range(2, 4).map((at) => signal({ step: at, evidenceSteps: [at - 1, at] }));
    const decided = join(run(policyWith({ cooldownSteps: 20 }), range(0, 4).map(sameTest), findings));
    expect(decided.reminders).toHaveLength(1);
    expect(decided.suppressed.map((each) => each.reason)).toEqual(
      Array(2).fill('belongs to episode e1 (infinite-loop), which is open'),
    );
  });

  it('says one thing of a stuck run that is both a loop and a failing call', () => {
    const failing = signal({
      step: 2,
      evidenceSteps: [0, 1, 2],
      class: 'tool-call-failure',
      detector: 'failing-calls',
      key: 'x',
      confidence: 0.9,
    });
    const decided = join(
      run(policyWith(), range(0, 2).map(sameTest), [signal({ step: 2, evidenceSteps: [0, 1, 2] }), failing]),
    );
    expect(decided.reminders).toHaveLength(1);
    expect(decided.suppressed).toHaveLength(1);
  });
});

describe('two findings', () => {
  const broken = (at: number, key: string) =>
    signal({
      step: at,
      evidenceSteps: [at],
      class: 'did-not-follow-instructions',
      detector: 'constraint',
      confidence: 1,
      key,
      evidence: key,
    });

  it('of a rule about different constraints are two episodes, each with its words', () => {
    const decided = join(run(policyWith(), [work(0), work(1)], [broken(0, 'no tests'), broken(1, 'no commits')]));
    expect(decided.reminders.map((reminder) => [reminder.episode, reminder.evidence])).toEqual([
      ['e1', 'no tests'],
      ['e2', 'no commits'],
    ]);
  });

  const claims = (className: string, quoteStep: number, evidenceSteps: readonly number[]): Decisions => {
    const policy = policyWith();
    run(policy, range(0, 3).map(work));
    policy.verdict(verdict({ class: className, atStep: 3, evidenceSteps: [3], quoteStep: 3 }));
    policy.deliver(4, true);
    run(policy, [work(4), work(5)]);
    const again = policy.verdict(verdict({ class: className, atStep: 5, evidenceSteps, quoteStep, key: 'again' }));
    return join([again, policy.finish('done')]);
  };

  it('of the judge with the words of before the reminder do not make what was fixed persist', () => {
    const decided = claims('false-claim', 3, [3, 5]);
    expect(decided.suppressed).toMatchObject([
      { reason: 'all its evidence is from before the last reminder about it' },
    ]);
    expect(decided.closed).toMatchObject([{ interventions: 1, outcome: 'recovered' }]);
  });

  it('of the judge with words since the reminder are about the same episode, and it persists', () => {
    const decided = claims('false-claim', 5, [5]);
    expect(decided.suppressed).toMatchObject([{ reason: 'belongs to episode e1 (false-claim), which is open' }]);
    expect(decided.closed).toMatchObject([{ interventions: 1, outcome: 'persisted' }]);
  });

  it('of the judge about what is left on the disk may show it where it was done', () => {
    const decided = claims('did-not-follow-instructions', 3, [3]);
    expect(decided.suppressed).toMatchObject([{ reason: expect.stringContaining('belongs to episode e1') }]);
  });

  it('of the judge about one class are one episode, and the next words are about the latest', () => {
    const policy = policyWith();
    run(policy, range(0, 5).map(work));
    policy.verdict(
      verdict({ class: 'wrong-premise', atStep: 5, evidenceSteps: [5], key: 'first', evidence: 'the first' }),
    );
    policy.deliver(6, false);
    run(policy, range(6, 9).map(work));
    policy.verdict(
      verdict({ class: 'wrong-premise', atStep: 9, evidenceSteps: [9], key: 'second', evidence: 'the second' }),
    );
    expect(policy.deliver(10, false).reminders).toMatchObject([
      { episode: 'e1', rung: 'check', evidence: 'the second' },
    ]);
  });
});

describe('what is not said', () => {
  it('is a weak signal without a judge', () => {
    const decided = join(run(policyWith(), [sameTest(0)], [signal({ step: 0, evidenceSteps: [0], confidence: 0.4 })]));
    expect(decided.verdicts).toEqual([]);
    expect(decided.suppressed).toMatchObject([{ reason: 'not certain enough by itself: there is no judge' }]);
  });

  it('is a class that the configuration switches off, or wants more certain', () => {
    const findings = [signal({ step: 0, evidenceSteps: [0] })];
    const off = join(run(policyWith({ classes: { 'infinite-loop': { enabled: false } } }), [sameTest(0)], findings));
    const stricter = join(
      run(policyWith({ classes: { 'infinite-loop': { confidence: 0.99 } } }), [sameTest(0)], findings),
    );
    expect([...off.reminders, ...stricter.reminders]).toEqual([]);
    expect(off.suppressed).toMatchObject([{ reason: 'the class is switched off in the configuration' }]);
  });

  it('is what the agent fixed while the finding was on its way', () => {
    const policy = policyWith();
    const before = run(policy, [...range(0, 2).map(sameTest), work(3)]);
    policy.signal(signal({ step: 2, evidenceSteps: [0, 1, 2] }));
    const decided = join([...before, policy.deliver(4, false)]);
    expect(decided.reminders).toEqual([]);
    expect(decided.suppressed).toMatchObject([{ reason: 'the agent has moved on since' }]);
    expect(decided.closed).toMatchObject([{ outcome: 'stale', interventions: 0 }]);
  });

  it('is a check that was missing and has been run meanwhile', () => {
    const policy = policyWith();
    run(policy, [
      ...range(0, 5).map(work),
      step(6, [], { text: 'All done.' }),
      step(7, [call('shell', { command: 'npm test' })]),
    ]);
    policy.verdict(verdict({ class: 'false-claim', atStep: 6, evidenceSteps: [6] }));
    expect(policy.deliver(8, false).suppressed).toMatchObject([{ reason: 'the agent has checked its work since' }]);
  });

  it('is a forbidden edit that was taken back meanwhile', () => {
    const policy = policyWith();
    const revert = step(4, [call('shell', { command: 'git checkout -- test/a.test.ts' })]);
    run(policy, [...range(0, 2).map(work), step(3, [call('edit', { path: 'test/a.test.ts' })]), revert]);
    policy.verdict(verdict({ class: 'did-not-follow-instructions', atStep: 3, evidenceSteps: [3] }));
    expect(policy.deliver(5, false).suppressed).toMatchObject([{ reason: 'the agent has undone it since' }]);
  });

  it('is a verdict too old to help', () => {
    const policy = policyWith();
    run(policy, range(0, 20).map(work));
    policy.verdict(verdict({ class: 'wrong-premise', atStep: 5, evidenceSteps: [4, 5] }));
    expect(policy.deliver(21, false).suppressed).toMatchObject([{ reason: 'its evidence is 15 steps old' }]);
  });

  it('is not a loop that still goes on, however late it was found', () => {
    const policy = policyWith();
    run(policy, range(0, 40).map(sameTest));
    policy.signal(signal({ step: 2, evidenceSteps: [0, 1, 2] }));
    expect(policy.deliver(41, false).reminders).toMatchObject([{ class: 'infinite-loop' }]);
  });

  it('is what does not pay according to the measured table', () => {
    const policy = policyWith(
      {},
      { whySilent: (name) => (name === 'infinite-loop' ? 'it costs more than it helps' : undefined) },
    );
    const decided = join(run(policy, [sameTest(0)], [signal({ step: 0, evidenceSteps: [0] })]));
    expect(decided.suppressed).toMatchObject([{ reason: 'it costs more than it helps' }]);
  });

  it('is a detector that the user muted (until they end it), and one allowed more until it has had it', () => {
    const policy = policyWith();
    policy.mute('same-call');
    expect(join(run(policy, [sameTest(0)], [signal({ step: 0, evidenceSteps: [0] })])).reminders).toEqual([]);
    policy.watchAgain('same-call');
    const later = signal({ step: 1, evidenceSteps: [1], key: 'later' });
    expect(join(run(policy, [sameTest(1)], [later])).reminders).toHaveLength(1);
    const other = policyWith();
    other.step(sameTest(0));
    other.allowMore('same-call', 3);
    const findings = range(1, 4).map((at) => signal({ step: at, evidenceSteps: [at], key: `key ${at}` }));
    expect(
      run(other, range(1, 4).map(sameTest), findings).flatMap((each) =>
        each.reminders.map((reminder) => reminder.step),
      ),
    ).toEqual([4]);
  });
});

describe('what the user did not want to hear of', () => {
  const said = (decisions: readonly { reminders: readonly { step: number }[] }[]): number[] =>
    decisions.flatMap(({ reminders }) => reminders.map(({ step }) => step));
  const loop = (at: number) => signal({ step: at, evidenceSteps: [at] });

  it('is spoken of when they watch again and it still goes on, though no detector tells of it anew', () => {
    const policy = policyWith();
    policy.mute('same-call');
    expect(said(run(policy, range(0, 4).map(sameTest), [loop(0)]))).toEqual([]);
    policy.watchAgain('same-call');
    const decided = run(policy, [sameTest(5)]);
    expect(said(decided)).toEqual([6]);
    expect(join(decided).reminders[0]!.evidenceSteps).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('is spoken of when what was allowed is used up, also when it was allowed in the middle of an episode', () => {
    const policy = policyWith();
    expect(said(run(policy, [sameTest(0)], [loop(0)]))).toEqual([1]);
    policy.allowMore('infinite-loop', 5);
    expect(said(run(policy, range(1, 9).map(sameTest)))[0]).toBe(6);
  });

  it('is forgotten when the agent has moved on meanwhile', () => {
    const policy = policyWith();
    policy.mute('same-call');
    run(policy, [sameTest(0), work(1), sameTest(2)], [loop(0)]);
    policy.watchAgain('same-call');
    expect(said(run(policy, [sameTest(3)]))).toEqual([]);
  });
});

describe('grace and cool-down', () => {
  const doubtful = (at: number, key = 'a'): ReturnType<typeof signal> =>
    signal({
      step: at,
      evidenceSteps: [at],
      class: 'tool-call-failure',
      detector: 'failing-calls',
      confidence: 0.8,
      key,
    });

  it('hold a finding of the first steps until they are over', () => {
    const decided = run(policyWith({ graceSteps: 4 }), range(0, 5).map(sameTest), [doubtful(1)]);
    expect(decided.flatMap((each) => each.reminders.map((reminder) => reminder.step))).toEqual([5]);
  });

  it('hold no broken constraint', () => {
    const broken = signal({
      step: 0,
      evidenceSteps: [0],
      class: 'did-not-follow-instructions',
      detector: 'ledger',
      confidence: 1,
    });
    expect(join(run(policyWith({ graceSteps: 9 }), [work(0)], [broken])).reminders).toHaveLength(1);
  });

  it('drop what was over before it could be said, with both reasons', () => {
    const policy = policyWith({ graceSteps: 6 });
    const decided = join(run(policy, [sameTest(0), ...range(1, 6).map(work)], [doubtful(0)]));
    expect(decided.reminders).toEqual([]);
    expect(decided.suppressed[0]?.reason).toBe(
      'held for the grace of the first steps, and then the agent has moved on since',
    );
  });

  it('keep two reminders about different things apart', () => {
    const premise = verdict({ class: 'wrong-premise', atStep: 5, evidenceSteps: [5] });
    const policy = policyWith({ cooldownSteps: 5 });
    const first = run(policy, range(0, 5).map(sameTest).slice(0, 5), [doubtful(4)]);
    policy.step(work(5));
    policy.verdict(premise);
    const rest = [policy.deliver(6, false), ...run(policy, range(6, 10).map(work))];
    expect(
      [...first, ...rest].flatMap((each) => each.reminders.map((reminder) => [reminder.class, reminder.step])),
    ).toEqual([
      ['tool-call-failure', 5],
      ['wrong-premise', 10],
    ]);
  });
});

describe('the cap on reminders', () => {
  it('is one that no severity escapes', () => {
    const policy = policyWith({ maxReminders: 2, cooldownSteps: 0 });
    const findings = range(0, 9).map((at) =>
      signal({
        step: at,
        evidenceSteps: [at],
        class: 'did-not-follow-instructions',
        detector: 'ledger',
        confidence: 1,
        key: `path ${at}`,
      }),
    );
    const decided = join(run(policy, range(0, 9).map(work), findings));
    expect(decided.reminders).toHaveLength(2);
    expect(decided.suppressed.some((each) => each.reason === 'the cap of 2 reminders is reached')).toBe(true);
  });

  it('bounds what waits, too', () => {
    const policy = policyWith();
    policy.step(work(0));
    const flood = join(
      range(0, 99).map((at) => policy.verdict(verdict({ class: `class ${at}`, atStep: 0, evidenceSteps: [0] }))),
    );
    expect(flood.suppressed).toHaveLength(100 - 32);
  });
});

describe('the end of a turn', () => {
  const done = step(6, [], { text: 'Done, all tests pass.' });
  const claim = verdict({ class: 'false-claim', atStep: 6, evidenceSteps: [6] });

  it('may be re-opened by a false claim, once', () => {
    const policy = policyWith();
    run(policy, [...range(0, 5).map(work), done]);
    policy.verdict(claim);
    expect(policy.deliver(7, true).reminders).toMatchObject([{ class: 'false-claim', step: 7 }]);
    policy.step(step(7, [], { text: 'It is really done.' }));
    policy.verdict(verdict({ class: 'premature-stop', atStep: 7, evidenceSteps: [7] }));
    const second = policy.deliver(8, true);
    expect(second.reminders).toEqual([]);
    expect(second.suppressed).toMatchObject([{ reason: 'this turn was re-opened once already' }]);
  });

  it('is not re-opened by a class that is not worth it', () => {
    const policy = policyWith();
    run(policy, [...range(0, 5).map(work), done]);
    policy.verdict(verdict({ class: 'tool-call-failure', atStep: 6, evidenceSteps: [6] }));
    expect(policy.deliver(7, true)).toMatchObject({ reminders: [], suppressed: [{ class: 'tool-call-failure' }] });
  });

  it('is re-opened by what was changed unasked only when the judge has quoted it', () => {
    const findings = [{ source: 'detector' as const }, { source: 'judge' as const }].map((source) => {
      const policy = policyWith();
      run(policy, [...range(0, 5).map(work), done]);
      policy.verdict(verdict({ class: 'unrequested-changes', atStep: 6, evidenceSteps: [6], ...source }));
      return policy.deliver(7, true).reminders.length;
    });
    expect(findings).toEqual([0, 1]);
  });

  it('is re-opened by all that is found at it together, three things at most', () => {
    const policy = policyWith();
    run(policy, [...range(0, 5).map(work), done]);
    const found = ['false-claim', 'premature-stop', 'test-tampering', 'did-not-follow-instructions'];
    for (const [at, name] of found.entries())
      policy.verdict(verdict({ class: name, atStep: 6, evidenceSteps: [at], key: name }));
    const { reminders, suppressed } = policy.deliver(7, true);
    expect(reminders).toHaveLength(3);
    expect(suppressed.at(-1)?.reason).toBe('3 findings re-open this turn already');
  });

  it('is final after the user pressed Esc, until they speak again', () => {
    const policy = policyWith();
    run(policy, [...range(0, 5).map(work), done]);
    policy.verdict(claim);
    expect(policy.interrupted().suppressed).toMatchObject([{ reason: 'the user interrupted' }]);
    policy.verdict(claim);
    expect(policy.deliver(7, true).reminders).toEqual([]);
    policy.step(step(7, [], { text: 'It passes, as I said.', userTexts: ['Are you sure?'] }));
    policy.verdict(verdict({ class: 'false-claim', atStep: 7, evidenceSteps: [7], key: 'second' }));
    expect(policy.deliver(8, true).reminders).toHaveLength(1);
  });
});

describe('a finding that was dropped because the agent had moved on', () => {
  const found = signal({ step: 2, evidenceSteps: [0, 1, 2] });
  const look = (at: number) => step(at, [call('read', { path: `src/other${at}.js` })]);

  function dropAfter(moved: ReturnType<typeof look>): Policy {
    const policy = policyWith({ graceSteps: 0 });
    for (const each of [...range(0, 2).map(sameTest), moved]) policy.step(each);
    policy.signal(found);
    expect(policy.deliver(4, false).suppressed).toMatchObject([{ reason: 'the agent has moved on since' }]);
    policy.step(look(4));
    expect(policy.deliver(5, false).reminders).toEqual([]);
    policy.step(sameTest(5));
    return policy;
  }

  it('is said after all when the same comes back', () => {
    const { reminders } = dropAfter(look(3)).deliver(6, false);
    expect(reminders).toMatchObject([{ rung: 'redirect', step: 6, evidenceSteps: [0, 1, 2, 5] }]);
  });

  it('is not said when a change came before: the same call may be made again then', () => {
    expect(dropAfter(work(3)).deliver(6, false).reminders).toEqual([]);
  });
});

describe('a reminder that the user calls wrong', () => {
  it('ends its episode as a false alarm that never recovered, and is not said again', () => {
    const policy = policyWith();
    const [said] = join(
      run(policy, range(0, 2).map(sameTest), [signal({ step: 2, evidenceSteps: [0, 1, 2] })]),
    ).reminders;
    expect(policy.markWrong(said!.episode).closed).toMatchObject([{ id: 'e1', wrong: true, outcome: 'ended' }]);
    const again = join(run(policy, range(3, 20).map(sameTest), [signal({ step: 5, evidenceSteps: [3, 4, 5] })]));
    expect(again.reminders).toEqual([]);
    expect(again.suppressed).toMatchObject([{ reason: 'the user called it wrong' }]);
    policy.finish('done');
    expect(policy.episodes()).toMatchObject([{ wrong: true, outcome: 'ended' }]);
  });

  it('is no longer a recovered one', () => {
    const policy = policyWith();
    run(policy, range(0, 2).map(sameTest), [signal({ step: 2, evidenceSteps: [0, 1, 2] })]);
    run(policy, range(3, 14).map(work));
    expect(policy.episodes()).toMatchObject([{ outcome: 'recovered', complied: true }]);
    policy.markWrong('e1');
    expect(policy.episodes()).toMatchObject([{ outcome: 'ended', wrong: true }]);
    expect(policy.episodes()[0]).not.toHaveProperty('complied');
  });

  it('ids of a resumed session differ from those before', () => {
    const policy = policyWith({}, { resumedAt: 40 });
    const steps = range(40, 42).map(sameTest);
    const { reminders } = join(run(policy, steps, [signal({ step: 42, evidenceSteps: [40, 41, 42] })]));
    expect(reminders).toMatchObject([{ id: 'r40-1', episode: 'e40-1' }]);
  });
});

describe('the number that is said', () => {
  it('is the number at delivery, not the one when the finding was made', () => {
    const policy = policyWith({ graceSteps: 4 });
    const found = signal({ step: 2, evidenceSteps: [0, 1, 2], confidence: 0.8, times: 3 });
    const { reminders } = join(run(policy, range(0, 4).map(sameTest), [found]));
    expect(reminders).toMatchObject([{ step: 5, evidence: '`npm test` was run 5 times with the same output' }]);
  });
});

describe('a reason that the agent gives after a reminder', () => {
  const weakened = (at: number, text = '') =>
    step(at, [call('edit', { path: 'test/a.test.ts', oldText: 'expect(1)', newText: '' })], { text });
  const found = (at: number) =>
    signal({
      step: at,
      evidenceSteps: [at],
      class: 'test-tampering',
      detector: 'test-tampering',
      confidence: 0.9,
      key: 't',
    });
  const answering = (text: string, detector = 'test-tampering') => {
    const policy = policyWith({ graceSteps: 0, cooldownSteps: 0 });
    const steps = [weakened(0), step(1, [], { text }), ...range(2, 4).map(work), weakened(5)];
    const findings = [found(0), found(5)].map((signal) => ({ ...signal, detector }));
    return { policy, decided: join(run(policy, steps, findings)) };
  };

  it('closes the finding, which is not said again', () => {
    const { policy, decided } = answering('You asked for that test to go, so I leave it out.');
    expect(decided.reminders).toHaveLength(1);
    expect(decided.suppressed).toMatchObject([{ reason: 'the agent has given a reason for it' }]);
    expect(policy.episodes()).toMatchObject([{ outcome: 'ended', closedAtStep: 1 }]);
  });

  it.each([
    'I keep `test/a.test.ts` as it is, because the old check tested a function that is gone.',
    'That file `test/a.test.ts` is the user’s.',
    'I won’t put it back in test/a.test.ts since the plan drops it.',
  ])('may name files: %s', (text) => {
    expect(answering(text).policy.episodes()[0]?.closedAtStep).toBe(1);
  });

  it('is none against the user’s own words, unless it is theirs', () => {
    const closed = (text: string) => answering(text, 'constraint').policy.episodes()[0]?.closedAtStep;
    expect(closed('I keep the change, because the build needs it.')).not.toBe(1);
    expect(closed('You asked for this change yourself.')).toBe(1);
  });

  it('is not a reason when it only says what is done next', () => {
    const { policy } = answering('I will look at the test again.');
    expect(policy.episodes()[0]?.closedAtStep).not.toBe(1);
  });
});
