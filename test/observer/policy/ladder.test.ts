import { describe, expect, it } from 'vitest';
import { observerSchema } from '../../../src/observer/observer-schema.ts';
import { escalationSteps, ruleOf } from '../../../src/observer/policy/ladder.ts';
import { createPolicy, type Policy } from '../../../src/observer/policy/policy.ts';
import { call, join, run, sameTest, signal, step, verdict, work } from '../steps.ts';

const policyIn = (mode: 'on' | 'shadow'): Policy =>
  createPolicy({ config: observerSchema.parse({}), mode: () => mode, hasJudge: false });
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, offset) => from + offset);
const loop = signal({ step: 2, evidenceSteps: [0, 1, 2] });
const testCall = { name: 'shell', input: { command: 'npm test' } };

describe('the ladder of a loop that never ends', () => {
  it('goes from words to a check, a refusal, the way back and the stop', () => {
    const decided = run(policyIn('on'), range(0, 20).map(sameTest), [loop]);
    const rungs = decided.flatMap((each) => each.reminders.map((reminder) => [reminder.step, reminder.rung]));
    expect(rungs).toEqual([
      [3, 'redirect'],
      [6, 'check'],
      [9, 'refuse'],
      [12, 'way-back'],
    ]);
    expect(decided.findIndex((each) => each.stop)).toBe(14);
    expect(decided[14]?.stop?.reason).toContain('The observer stopped the run');
  });

  it('uses other words on every rung', () => {
    const texts = join(run(policyIn('on'), range(0, 14).map(sameTest), [loop])).reminders.map(
      (reminder) => reminder.text,
    );
    expect(new Set(texts).size).toBe(4);
  });

  it('wants advice once, when the first words did not help, and gives it with the next', () => {
    const policy = policyIn('on');
    const first = run(policy, range(0, 2).map(sameTest), [loop]);
    const second = policy.step(sameTest(3));
    expect(join([...first]).adviceWanted).toEqual([]);
    expect(second.adviceWanted).toMatchObject([{ class: 'infinite-loop', key: 'npm test' }]);
    policy.advice('npm test', 'DO read src/sum.js.');
    const later = join(run(policy, [4, 5, 6].map(sameTest)));
    expect(later.adviceWanted).toEqual([]);
    expect(later.reminders).toMatchObject([{ rung: 'check', text: expect.stringContaining('DO read src/sum.js.') }]);
  });

  it('ends as persisted, with every word counted', () => {
    const policy = policyIn('on');
    run(policy, range(0, 14).map(sameTest), [loop]);
    expect(policy.finish('stuck').closed).toMatchObject([{ outcome: 'persisted', interventions: 4, complied: false }]);
  });

  it('says, refuses and stops nothing in shadow, and notes what it would have said', () => {
    const policy = policyIn('shadow');
    const decided = join(run(policy, range(0, 20).map(sameTest), [loop]));
    expect(decided.stop).toBeUndefined();
    expect(policy.refuse(testCall)).toBeUndefined();
    expect(decided.reminders.map((reminder) => [reminder.mode, reminder.rung])).toEqual(
      ['redirect', 'check', 'refuse', 'way-back', 'stop'].map((rung) => ['shadow', rung]),
    );
    expect(policy.finish('turn-limit').closed).toMatchObject([
      { mode: 'shadow', outcome: 'persisted', interventions: 0 },
    ]);
  });
});

describe('the refusal of an identical call', () => {
  it('begins at its rung, is about that call only, and ends when the agent changes something', () => {
    const policy = policyIn('on');
    run(policy, range(0, 7).map(sameTest), [loop]);
    expect(policy.refuse(testCall)).toBeUndefined();
    run(policy, [sameTest(8)]);
    expect(policy.refuse(testCall)).toContain('was not run');
    expect(policy.refuse({ name: 'shell', input: { command: 'npm run lint' } })).toBeUndefined();
    run(policy, [work(9)]);
    expect(policy.refuse(testCall)).toBeUndefined();
  });

  it('counts refused calls as the loop going on', () => {
    const policy = policyIn('on');
    const refused = (index: number): ReturnType<typeof step> =>
      step(index, [
        call('shell', testCall.input, { isError: true, errorKind: 'blocked', output: 'This call was not run.' }),
      ]);
    const decided = run(policy, [...range(0, 8).map(sameTest), ...range(9, 14).map(refused)], [loop]);
    expect(decided.at(-1)?.stop).toBeDefined();
  });
});

describe('rungs', () => {
  it('stop nothing that only a judge can see', () => {
    for (const name of [
      'wrong-premise',
      'false-claim',
      'unrequested-changes',
      'test-tampering',
      'a class of the user',
    ]) {
      expect(ruleOf(name).rungs).not.toContain('stop');
      expect(ruleOf(name).rungs).not.toContain('refuse');
    }
  });

  it('climb for a judged class when it is found again after the words had time to work', () => {
    const policy = policyIn('on');
    run(policy, range(0, 5).map(work));
    const premise = (at: number): ReturnType<typeof verdict> =>
      verdict({ class: 'wrong-premise', atStep: at, evidenceSteps: [at] });
    policy.verdict(premise(5));
    const first = policy.deliver(6, false);
    run(policy, range(6, 9).map(work));
    policy.verdict(premise(9));
    const second = policy.deliver(10, false);
    expect([first, second].flatMap((each) => each.reminders.map((reminder) => reminder.rung))).toEqual([
      'redirect',
      'check',
    ]);
  });

  it('leave at least two steps between them, whatever the cool-down', () => {
    expect([0, 1, 5, 10].map(escalationSteps)).toEqual([2, 2, 3, 5]);
  });
});
