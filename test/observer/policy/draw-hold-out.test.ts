import { describe, expect, it } from 'vitest';
import { observerSchema } from '../../../src/observer/observer-schema.ts';
import { drawHoldOut } from '../../../src/observer/policy/draw-hold-out.ts';
import { createPolicy } from '../../../src/observer/policy/policy.ts';
import { join, run, sameTest, signal, verdict } from '../steps.ts';

const steps = (count: number) => Array.from({ length: count }, (_, at) => sameTest(at));
const withholding = (share: number) =>
  createPolicy({
    config: observerSchema.parse({}),
    mode: () => 'on',
    hasJudge: false,
    holdOut: { share, seed: 'session' },
  });

describe('the hold-out', () => {
  it('withholds words and follows the episode, but refuses and stops as ever', () => {
    const policy = withholding(1);
    const decided = join(run(policy, steps(24), [signal({ step: 2, evidenceSteps: [0, 1, 2] })]));
    const said = decided.reminders.map(({ rung, mode, withheld = false }) => ({ rung, mode, withheld }));
    expect(said).toEqual([
      { rung: 'redirect', mode: 'shadow', withheld: true },
      { rung: 'check', mode: 'shadow', withheld: true },
      { rung: 'refuse', mode: 'on', withheld: false },
      { rung: 'way-back', mode: 'on', withheld: false },
    ]);
    expect(decided.stop).toBeDefined();
    policy.finish('stuck');
    expect(policy.episodes()).toMatchObject([{ mode: 'shadow', withheld: true, outcome: 'persisted' }]);
  });

  it('never withholds what a guard says', () => {
    const broken = { class: 'did-not-follow-instructions', detector: 'constraint', confidence: 1 };
    const decided = join(run(withholding(1), steps(3), [signal({ step: 2, evidenceSteps: [2], ...broken })]));
    expect(decided.reminders).toMatchObject([{ mode: 'on' }]);
    expect(decided.reminders[0]).not.toHaveProperty('withheld');
  });

  it('draws about the share that was asked for, and the same again', () => {
    const draw = (seed: string, id: string) =>
      drawHoldOut({ share: 0.1, seed }, id, verdict({ class: 'infinite-loop', atStep: 2, evidenceSteps: [2] }));
    const drawn = Array.from({ length: 4000 }, (_, at) => draw(`s${at % 400}`, `e${at}`));
    const share = drawn.filter(Boolean).length / drawn.length;
    expect(share).toBeGreaterThan(0.07);
    expect(share).toBeLessThan(0.13);
    expect(drawn).toEqual(Array.from({ length: 4000 }, (_, at) => draw(`s${at % 400}`, `e${at}`)));
  });
});
