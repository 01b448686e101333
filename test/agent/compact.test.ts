import { expect, test } from 'vitest';
import { type CompactorOptions, createCompactor } from '../../src/agent/compact.ts';
import { createContextMeter, readCompactions, sizeOfStep } from '../../src/core/context-size.ts';
import { ModelError } from '../../src/core/errors.ts';
import type { Event } from '../../src/core/event.ts';
import type { Question } from '../../src/core/model.ts';
import { type Note, noUsage, type Step, type Trajectory } from '../../src/core/types.ts';

const summaryText = `GOAL\nMake the tests pass.\nCONSTRAINTS\n"don't touch db/"\nDONE\nsrc/a.ts fixed, npm test 3 passed.\nOPEN\nsrc/b.ts\nFILES\nsrc/a.ts\nDECISIONS\nnone`;
const { signal } = new AbortController();

function userNote(text: string): Note {
  return { from: 'user', text, at: '2026-01-01T00:00:00Z' };
}

function addStep(
  trajectory: Trajectory,
  outputCharacters: number,
  notes: readonly Note[] = [],
  isCounted = true,
): Step {
  const index = trajectory.steps.length;
  const id = `c${index}`;
  const output = `output of ${index} `.repeat(Math.ceil(outputCharacters / 14)).slice(0, outputCharacters);
  const step: Step = {
    type: 'step',
    index,
    at: '2026-01-01T00:00:00Z',
    notes,
    text: `step ${index}`,
    calls: [{ id, name: 'read', input: { path: `src/${index}.ts` } }],
    results: [{ callId: id, name: 'read', output, isError: false, ms: 1 }],
    usage: { ...noUsage, inputTokens: isCounted ? requestTokens(trajectory, notes) : 0, outputTokens: 10 },
    ms: 1,
    finish: 'tool-calls',
  };
  trajectory.steps.push(step);
  return step;
}

/** What a server counts: four characters a token over all that is sent. */
function requestTokens(trajectory: Trajectory, notes: readonly Note[] = []): number {
  const { fromStep, thinBefore, summary } = readCompactions(trajectory.compactions);
  const steps = trajectory.steps
    .slice(fromStep)
    .reduce((sum, step) => sum + sizeOfStep(step, step.index < thinBefore), 0);
  return Math.ceil(
    (trajectory.system.length + summary.length + steps + notes.reduce((sum, note) => sum + note.text.length, 0)) / 4,
  );
}

function setUp(changes: Partial<CompactorOptions> = {}) {
  const trajectory: Trajectory = { session: 's', cwd: '/', system: 'x'.repeat(4000), steps: [], compactions: [] };
  const events: Event[] = [];
  const questions: Question[] = [];
  const meter = createContextMeter(trajectory, 0);
  const compactor = createCompactor({
    trajectory,
    meter,
    ask: async (question) => {
      questions.push(question);
      return { text: summaryText, usage: { ...noUsage, inputTokens: 7 } };
    },
    window: () => 10_000,
    atFraction: 0.8,
    keepSteps: 3,
    carry: () => '',
    emit: (event) => events.push(event),
    onUsage: () => undefined,
    ...changes,
  });
  return { trajectory, meter, compactor, events, questions };
}

test('nothing happens while there is room', async () => {
  const { trajectory, compactor } = setUp();
  for (let index = 0; index < 5; index++) addStep(trajectory, 1000);
  expect(await compactor.makeRoom(false, signal)).toBe(false);
  expect(trajectory.compactions).toEqual([]);
});

test('old tool output is thinned first, without asking the model, and the last steps stay whole', async () => {
  const { trajectory, compactor, questions, events } = setUp();
  for (let index = 0; index < 10; index++) addStep(trajectory, 3500);
  expect(await compactor.makeRoom(false, signal)).toBe(true);
  expect(questions).toEqual([]);
  expect(trajectory.compactions).toMatchObject([{ kind: 'thinned', fromStep: 7 }]);
  const [compaction] = trajectory.compactions;
  expect(requestTokens(trajectory)).toBeLessThan(6000);
  expect(Math.abs((compaction?.tokensAfter ?? 0) - requestTokens(trajectory))).toBeLessThan(200);
  expect(events).toEqual([{ type: 'compaction', compaction }]);
});

test('when thinning does not suffice the model writes a summary, with the user’s words and the carried ledger under it', async () => {
  const { trajectory, compactor, questions } = setUp({ carry: () => 'LEDGER\ndon’t touch db/' });
  addStep(trajectory, 500, [userNote("Make the tests pass. Don't touch db/ please.")]);
  for (let index = 0; index < 60; index++) addStep(trajectory, 560);
  addStep(trajectory, 500, [userNote('And keep it short.')]);
  for (let index = 0; index < 3; index++) addStep(trajectory, 560);
  expect(await compactor.makeRoom(false, signal)).toBe(true);
  const [compaction] = trajectory.compactions;
  expect(compaction).toMatchObject({ kind: 'summary', fromStep: trajectory.steps.length - 3 });
  expect(compaction?.summary).toContain('src/a.ts fixed');
  expect(compaction?.summary).toContain("1. Make the tests pass. Don't touch db/ please.\n2. And keep it short.");
  expect(compaction?.summary).toContain('LEDGER\ndon’t touch db/');
  expect(questions[0]?.user).toContain("user: Make the tests pass. Don't touch db/ please.");
  expect(questions[0]?.system).toContain('CONSTRAINTS');
  expect(requestTokens(trajectory)).toBeLessThan(3000);
});

test('a second summary is given the first one and does not repeat the user’s words twice', async () => {
  const { trajectory, compactor, questions } = setUp();
  addStep(trajectory, 500, [userNote('the task')]);
  for (let round = 0; round < 2; round++) {
    for (let index = 0; index < 50; index++) addStep(trajectory, 800);
    expect(await compactor.compactNow('', signal)).toEqual({ kind: 'done' });
  }
  expect(questions[1]?.user).toContain('[hand-over of what came before]\nGOAL');
  expect(trajectory.compactions.at(-1)?.summary.match(/the task/g)).toHaveLength(1);
});

test('/compact with a focus puts it before the model, and says when there is nothing to gain', async () => {
  const { trajectory, compactor, questions } = setUp();
  addStep(trajectory, 100);
  expect(await compactor.compactNow('', signal)).toEqual({ kind: 'short' });
  expect(questions).toEqual([]);
  for (let index = 0; index < 12; index++) addStep(trajectory, 2000);
  expect(await compactor.compactNow('the parser', signal)).toEqual({ kind: 'done' });
  expect(questions.at(-1)?.system).toContain('above all: the parser');
});

test.each([
  ['fails', async () => Promise.reject(new Error('it is down'))],
  ['answers something else', async () => ({ text: 'Sure, I will fix that!', usage: noUsage })],
  ['answers nothing', async () => ({ text: '', usage: noUsage })],
])('when the model %s a plain list of what was done stands in, and it is said', async (_, ask) => {
  const { trajectory, compactor, events } = setUp({ ask });
  addStep(trajectory, 500, [userNote('the task')]);
  for (let index = 0; index < 70; index++) addStep(trajectory, 560);
  expect(await compactor.makeRoom(false, signal)).toBe(true);
  const summary = trajectory.compactions.at(-1)?.summary;
  expect(summary).toContain('- step 3: read {"path":"src/3.ts"} ok');
  expect(summary).toContain('1. the task');
  expect(events.filter((event) => event.type === 'warning')).toHaveLength(1);
  expect(requestTokens(trajectory)).toBeLessThan(8000);
});

test('while the server is down no list stands in for a summary as long as there is room; once it is back, it writes one', async () => {
  let isDown = true;
  const ask = async () => {
    if (isDown) throw new ModelError('connection', 'nothing answers');
    return { text: summaryText, usage: noUsage };
  };
  const { trajectory, compactor } = setUp({ ask });
  while (requestTokens(trajectory) < 8_600) addStep(trajectory, 560);
  expect([await compactor.makeRoom(false, signal), trajectory.compactions]).toEqual([false, []]);
  isDown = false;
  expect(await compactor.makeRoom(false, signal)).toBe(true);
  expect(trajectory.compactions.at(-1)?.summary).toContain('src/a.ts fixed');
});

test('a refusal by the endpoint makes room at once, also while the window is unknown, and the refused size is remembered', async () => {
  const { trajectory, compactor } = setUp({ window: () => undefined });
  for (let index = 0; index < 20; index++) addStep(trajectory, 2000);
  expect(await compactor.makeRoom(false, signal)).toBe(false);
  expect(await compactor.makeRoom(true, signal)).toBe(true);
  expect(trajectory.compactions).toMatchObject([{ kind: 'summary' }]);
  for (let index = 0; index < 16; index++) addStep(trajectory, 2000);
  expect(await compactor.makeRoom(false, signal)).toBe(true);
});

test('an unknown window is asked for once, when the context has grown, without waiting for the answer', async () => {
  let asked = 0;
  let answer: (window: number) => void = () => undefined;
  const findWindow = () => {
    asked++;
    return new Promise<number>((resolve) => {
      answer = resolve;
    });
  };
  const { trajectory, compactor } = setUp({ window: () => undefined, findWindow });
  addStep(trajectory, 100);
  await compactor.makeRoom(false, signal);
  expect(asked).toBe(0);
  for (let index = 0; index < 10; index++) addStep(trajectory, 3500);
  for (let index = 0; index < 3; index++) expect(await compactor.makeRoom(false, signal)).toBe(false);
  expect(asked).toBe(1);
  answer(10_000);
  await Promise.resolve();
  await Promise.resolve();
  expect(await compactor.makeRoom(false, signal)).toBe(true);
});

test('one huge step is thinned when nothing else is left', async () => {
  const { trajectory, compactor } = setUp();
  addStep(trajectory, 44_000, [userNote('the task')]);
  expect(await compactor.makeRoom(true, signal)).toBe(true);
  expect(trajectory.compactions).toMatchObject([{ kind: 'thinned', fromStep: 1 }]);
  expect(await compactor.makeRoom(true, signal)).toBe(false);
});

test('an attempt that gained nothing is not repeated with every step', async () => {
  let asked = 0;
  const ask = async () => {
    asked++;
    return { text: summaryText + 'x'.repeat(30_000), usage: noUsage };
  };
  const { trajectory, compactor } = setUp({ ask });
  for (let index = 0; index < 60; index++) addStep(trajectory, 560);
  for (let index = 0; index < 4; index++) {
    await compactor.makeRoom(false, signal);
    addStep(trajectory, 10);
  }
  expect(asked).toBe(1);
  expect(trajectory.compactions).toEqual([]);
});

test('an abort while the summary is written changes nothing', async () => {
  const stop = new AbortController();
  const ask = async () => {
    stop.abort(new Error('stopped'));
    throw new Error('stopped');
  };
  const { trajectory, compactor } = setUp({ ask });
  for (let index = 0; index < 70; index++) addStep(trajectory, 560);
  await expect(compactor.makeRoom(false, stop.signal)).rejects.toThrow('stopped');
  expect(trajectory.compactions).toEqual([]);
});

test('a session of 2,000 steps never outgrows its window, and keeps the user’s first words to the end', async () => {
  const { trajectory, compactor, questions } = setUp({ window: () => 32_000, keepSteps: 6 });
  let largest = 0;
  for (let index = 0; index < 2000; index++) {
    await compactor.makeRoom(false, signal);
    const notes = index === 0 ? [userNote('first words')] : [];
    const step = addStep(trajectory, (index * 7919) % 12_000, notes, index % 5 !== 0);
    largest = Math.max(largest, requestTokens(trajectory) - Math.ceil(sizeOfStep(step, false) / 4));
  }
  expect(largest).toBeLessThan(32_000);
  expect(
    trajectory.compactions.at(-1)?.summary ||
      trajectory.compactions.findLast((each) => each.kind === 'summary')?.summary,
  ).toContain('first words');
  expect(questions.length).toBeGreaterThan(5);
  for (const question of questions) expect(question.user.length / 4 + question.system.length / 4).toBeLessThan(32_000);
  expect(trajectory.steps).toHaveLength(2000);
});
