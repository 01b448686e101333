import { expect, test } from 'vitest';
import { createContextMeter } from '../../src/core/context-size.ts';
import { noUsage, type Step, type Trajectory } from '../../src/core/types.ts';

function newTrajectory(): Trajectory {
  return { session: 's', cwd: '/', system: 'x'.repeat(400), steps: [], compactions: [] };
}

function addStep(trajectory: Trajectory, inputTokens: number, output: string): void {
  const index = trajectory.steps.length;
  const step: Step = {
    type: 'step',
    index,
    at: '',
    notes: [{ from: 'user', text: 'y'.repeat(100), at: '' }],
    text: 'z'.repeat(100),
    calls: [{ id: 'c', name: 'read', input: {} }],
    results: [{ callId: 'c', name: 'read', output, isError: false, ms: 0 }],
    usage: { ...noUsage, inputTokens },
    ms: 0,
    finish: 'tool-calls',
  };
  trajectory.steps.push(step);
}

test('before any answer the size is estimated from characters and says so', () => {
  const meter = createContextMeter(newTrajectory(), 400);
  expect(meter.read()).toEqual({ tokens: 200, isMeasured: false });
  expect(meter.read([{ from: 'user', text: 'a'.repeat(40), at: '' }])).toEqual({ tokens: 210, isMeasured: false });
});

test('after an answer the server’s own count is taken, with an estimate of what came since', () => {
  const trajectory = newTrajectory();
  const meter = createContextMeter(trajectory, 400);
  addStep(trajectory, 300, 'o'.repeat(894));
  expect(meter.read()).toEqual({ tokens: 300 + Math.ceil(1000 * (300 / 900)), isMeasured: true });
});

test('the ratio of tokens to characters is learnt from the server, and nonsense is not', () => {
  const dense = newTrajectory();
  addStep(dense, 450, '');
  const meter = createContextMeter(dense, 400);
  meter.read();
  expect(meter.estimate(1000)).toBe(500);
  const strange = newTrajectory();
  addStep(strange, 3, '');
  const other = createContextMeter(strange, 400);
  other.read();
  expect(other.estimate(1000)).toBe(250);
});

test('a count from before a compaction is forgotten, also in a session that was resumed', () => {
  const trajectory = newTrajectory();
  const meter = createContextMeter(trajectory, 0);
  addStep(trajectory, 100_000, 'o'.repeat(5000));
  addStep(trajectory, 100_000, 'o'.repeat(50));
  trajectory.compactions.push({
    kind: 'summary',
    fromStep: 1,
    summary: 's'.repeat(40),
    tokensBefore: 0,
    tokensAfter: 0,
  });
  meter.forget();
  const expected = Math.ceil((400 + 40 + 100 + 100 + 6 + 50) / 4);
  expect(meter.read()).toEqual({ tokens: expected, isMeasured: false });
  expect(createContextMeter(trajectory, 0).read()).toEqual({ tokens: expected, isMeasured: false });
});

test('the parts say what fills the window', () => {
  const trajectory = newTrajectory();
  addStep(trajectory, 0, 'o'.repeat(2000));
  const parts = createContextMeter(trajectory, 800).parts();
  expect(parts).toEqual({
    system: 100,
    tools: 200,
    summary: 0,
    user: 25,
    reminders: 0,
    answers: Math.ceil(106 / 4),
    toolOutput: 500,
  });
});
