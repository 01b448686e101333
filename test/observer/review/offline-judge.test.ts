import { expect, it } from 'vitest';
import type { Ask } from '../../../src/core/model.ts';
import { noUsage } from '../../../src/core/types.ts';
import { builtInClasses } from '../../../src/observer/classes/taxonomy.ts';
import { observerSchema } from '../../../src/observer/observer-schema.ts';
import { createOfflineJudge } from '../../../src/observer/review/offline-judge.ts';
import { signal, step, work } from '../steps.ts';

const finding = {
  class: 'false-claim',
  steps: [5],
  words: 'All tests pass',
  shown: '',
  missing: 'a run of the tests',
  innocent: 'none',
  harm: 'The user believes it.',
  certainty: 'certain',
  next: 'Run the tests.',
};

function open(ask: Ask, parts: { task?: string; judge?: Record<string, unknown> } = {}) {
  const { task = 'Fix it', judge = {} } = parts;
  const config = observerSchema.parse({ judge });
  return createOfflineJudge({ config, task, cwd: '', classes: builtInClasses, ask, fence: 'f00d' });
}

it('asks where it would have asked live, and waits for each answer', async () => {
  const judge = open(async () => ({ text: JSON.stringify({ findings: [finding] }), usage: noUsage }));
  for (let index = 0; index < 5; index += 1) expect(await judge.step(work(index), [], 'none')).toEqual([]);
  expect(judge.spent()).toEqual([]);
  const verdicts = await judge.step(step(5, [], { text: 'All tests pass.' }), [], 'turn-end');
  expect(verdicts).toMatchObject([{ class: 'false-claim', source: 'judge', advice: 'Run the tests.' }]);
  expect(judge.spent()).toHaveLength(1);
});

it('sees the constraints that the ledger reads in the words of the user, and what rules found', async () => {
  const asked: string[] = [];
  const judge = open(
    async ({ user }) => {
      asked.push(user);
      return { text: '', usage: noUsage };
    },
    { task: 'Fix it. Do not modify the tests.' },
  );
  const breach = signal({
    step: 0,
    evidenceSteps: [0],
    class: 'did-not-follow-instructions',
    detector: 'constraint',
    evidence: '“Only change src/a.ts.” was said, and this touches src/part0.ts',
  });
  await judge.step({ ...work(0), userTexts: ['Only change src/a.ts.'] }, [breach], 'none');
  await judge.step(step(1, [], { text: 'Done.' }), [], 'turn-end');
  expect(asked[0]).toContain('Do not modify the tests.');
  expect(asked[0]).toContain('[user, before step 0]\nOnly change src/a.ts.');
  expect(asked[0]).toContain('- did-not-follow-instructions, step 0: “Only change src/a.ts.” was said');
});

it('says which questions got no answer', async () => {
  const judge = open(async () => {
    throw new Error('503');
  });
  await judge.step(work(0), [], 'none');
  await judge.step(step(1, [], { text: 'Done.' }), [], 'turn-end');
  expect(judge.unanswered()).toEqual(['the judge could not be asked: 503']);
});

it('asks nothing where it is off', async () => {
  const judge = open(async () => Promise.reject(new Error('asked')), { judge: { level: 'off' } });
  await judge.step(work(0), [], 'none');
  await judge.step(step(1, [], { text: 'Done.' }), [], 'turn-end');
  expect(judge.spent()).toEqual([]);
});
