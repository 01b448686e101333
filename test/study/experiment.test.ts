import { describe, expect, it } from 'vitest';
import type { NormalizedStep } from '../../src/observer/step/normalized-step.ts';
import { countInterventions } from '../../src/study/metrics/interventions.ts';
import { assignArm, type Experiment } from '../../src/study/report/experiment.ts';

const pilot: Experiment = { name: 'pilot', arms: { on: 0.5, shadow: 0.5 }, unit: 'session' };

function step(index: number, userTexts: string[], calls: number): NormalizedStep {
  const call = { name: 'shell', act: 'shell' as const, input: {}, output: '', isError: false };
  return {
    index,
    userTexts,
    text: '',
    reasoning: '',
    calls: Array.from({ length: calls }, () => call),
    isLossy: false,
  };
}

describe('assignArm', () => {
  it('gives a unit the same arm each time, whatever the order of the arms in the configuration', () => {
    const turned: Experiment = { ...pilot, arms: { shadow: 0.5, on: 0.5 } };
    for (let at = 0; at < 100; at++) expect(assignArm(turned, `s-${at}`)).toBe(assignArm(pilot, `s-${at}`));
  });

  it('splits units by the shares and independently between experiments', () => {
    const units = Array.from({ length: 4000 }, (_, at) => `unit-${at}`);
    const on = units.filter((unit) => assignArm(pilot, unit) === 'on');
    expect(Math.abs(on.length - 2000)).toBeLessThan(130);
    const other: Experiment = { ...pilot, name: 'second' };
    const both = on.filter((unit) => assignArm(other, unit) === 'on');
    expect(Math.abs(both.length / on.length - 0.5)).toBeLessThan(0.05);
    const tenth: Experiment = { name: 'tenth', arms: { on: 1, off: 9 }, unit: 'session' };
    expect(Math.abs(units.filter((unit) => assignArm(tenth, unit) === 'on').length - 400)).toBeLessThan(70);
  });

  it('never gives an arm without a share and refuses an experiment without arms', () => {
    const only: Experiment = { name: 'x', arms: { shadow: 1, on: 0 }, unit: 'repository' };
    expect(new Set(Array.from({ length: 50 }, (_, at) => assignArm(only, String(at))))).toEqual(new Set(['shadow']));
    expect(() => assignArm({ ...only, arms: {} }, 'a')).toThrow(/needs arms/);
  });
});

describe('countInterventions', () => {
  it('counts words while the agent works, corrections after its turn, and stops; new requests are none', () => {
    const steps = [
      step(0, ['also this'], 1),
      step(1, ['use the other file'], 1),
      step(2, [], 0),
      step(3, ['no, that is wrong'], 1),
      step(4, [], 0),
      step(5, ['now write the docs'], 0),
    ];
    expect(countInterventions(steps, 0)).toEqual({ interrupts: 0, redirects: 1, corrections: 1, total: 2 });
  });

  it('counts an Esc with the message that follows it once', () => {
    const steps = [step(0, [], 1), step(1, ['stop, the other one'], 1), step(2, [], 0)];
    expect(countInterventions(steps, 1).total).toBe(1);
    expect(countInterventions(steps, 3).total).toBe(3);
    expect(countInterventions([], 0).total).toBe(0);
  });

  it.each([
    'No, undo that',
    "that's not what I asked",
    'you forgot the test',
    "don't touch main.ts",
    'it still fails',
    'revert it',
  ])('takes "%s" for a correction', (text) =>
    expect(countInterventions([step(0, [], 0), step(1, [text], 0)], 0).corrections).toBe(1),
  );

  it.each(['Now add a test', 'great, thanks', 'note the README says 3', 'document it'])(
    'takes "%s" for a new request',
    (text) => expect(countInterventions([step(0, [], 0), step(1, [text], 0)], 0).corrections).toBe(0),
  );
});
