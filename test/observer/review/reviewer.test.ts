import { describe, expect, it } from 'vitest';
import type { Ask } from '../../../src/core/model.ts';
import type { Usage } from '../../../src/core/types.ts';
import { builtInClasses } from '../../../src/observer/classes/taxonomy.ts';
import { observerSchema } from '../../../src/observer/observer-schema.ts';
import { createAccount } from '../../../src/observer/review/account/account.ts';
import { createReviewer, type Reviewer } from '../../../src/observer/review/reviewer.ts';
import type { ClassQuestion, WorkQuestion } from '../../../src/observer/review/schedule.ts';
import type { FromWorker } from '../../../src/observer/worker/protocol.ts';
import { eventually } from '../runs.ts';
import { call, signal, step, verdict } from '../steps.ts';

const usage: Usage = { inputTokens: 1000, cachedInputTokens: 0, outputTokens: 50, costUsd: 0.01 };
const no = '{"findings": []}';
const foundBy = (next: string): string =>
  JSON.stringify({
    findings: [
      {
        class: 'false-claim',
        steps: [1],
        words: 'All pass',
        shown: '1 failing',
        missing: '',
        innocent: 'none',
        harm: 'The user believes it.',
        certainty: 'certain',
        next,
      },
    ],
  });
const ending: WorkQuestion = {
  kind: 'work',
  occasion: 'turn-end',
  atStep: 1,
  since: -1,
  classes: ['false-claim'],
  signals: [],
};
const drift: WorkQuestion = { ...ending, occasion: 'commit', classes: ['unrequested-changes'] };
const premise: ClassQuestion = {
  kind: 'class',
  classes: ['wrong-premise'],
  occasion: 'red-again',
  atStep: 1,
  steps: [0],
};

/** What a question is: the adviser's, one about constraints, or which classes it asks about. */
function kindOf({ user, schema }: Parameters<Ask>[0]): string {
  if (schema === undefined) return 'advice';
  if (schema.name === 'constraints') return 'constraints';
  return user.includes('The agent has just ended its turn')
    ? 'turn-end'
    : user.includes('commits')
      ? 'drift'
      : 'premise';
}

function open(ask: Ask, judge: Record<string, number> = {}): { reviewer: Reviewer; posted: FromWorker[] } {
  const posted: FromWorker[] = [];
  const account = createAccount({ task: 'task', cwd: '', instructions: [], fence: 'abc' });
  account.add(step(0, [call('shell', { command: 'npm test' }, { output: '1 failing', isError: true })]));
  account.add(step(1, [], { text: 'All pass.' }));
  const spent = { calls: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: 0 };
  const config = observerSchema.parse({ judge });
  const post = (message: FromWorker) => void posted.push(message);
  return {
    reviewer: createReviewer({ config, classes: builtInClasses, spent, account, fence: 'abc', ask, post }),
    posted,
  };
}

/** An endpoint whose first answer never comes. */
function hangOnce(kinds: string[]): Ask {
  return (question) => {
    kinds.push(kindOf(question));
    return kinds.length === 1 ? new Promise(() => undefined) : Promise.resolve({ text: no, usage });
  };
}

const settledOf = (posted: FromWorker[]) => () => posted.some((message) => message.kind === 'settled');
const reasonsOf = (posted: FromWorker[]): string[] =>
  posted.flatMap((message) => (message.kind === 'no-verdict' ? [message.reason] : []));

describe('the reviewer', () => {
  it('tells of a finding that the judge did not confirm, by its detector', async () => {
    const weak = signal({ step: 0, evidenceSteps: [0], confidence: 0.5 });
    const { reviewer, posted } = open(async () => ({ text: no, usage }));
    reviewer.request([{ ...premise, classes: ['infinite-loop'], occasion: 'signal', signal: weak }]);
    await eventually(() => posted.find((message) => message.kind === 'no-verdict')).toMatchObject({
      class: 'infinite-loop',
      detector: 'same-call',
      reason: 'the judge says it is not so',
    });
  });

  it('says the same thing once, also where two reviews see the same steps', async () => {
    const { reviewer, posted } = open(async () => ({ text: foundBy('Run the tests.'), usage }));
    reviewer.request([{ ...ending, atStep: 1 }]);
    reviewer.request([{ ...ending, atStep: 2 }]);
    await eventually(() => reasonsOf(posted)).toEqual(['an earlier review has found the same']);
    expect(posted.filter(({ kind }) => kind === 'verdict')).toHaveLength(1);
  });

  it('never has more than one question under way', async () => {
    let underWay = 0;
    let most = 0;
    let asked = 0;
    const { reviewer } = open(async () => {
      most = Math.max(most, ++underWay);
      asked += 1;
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return { text: no, usage };
    });
    for (let round = 0; round < 3; round += 1) reviewer.request([premise, drift]);
    await eventually(() => asked).toBe(6);
    expect(most).toBe(1);
  });

  it('reviews the end of a turn in place of all that waits about it, and says when that is done', async () => {
    const kinds: string[] = [];
    const { reviewer, posted } = open(hangOnce(kinds));
    reviewer.request([drift, premise]);
    await eventually(() => kinds.length).toBe(1);
    expect(reviewer.cutReviews()).toBe(1);
    reviewer.turnEnd(1, [ending]);
    await eventually(settledOf(posted)).toBe(true);
    expect(kinds).toEqual(['drift', 'turn-end']);
    const [first, second] = posted.flatMap((message) => (message.kind === 'spent' ? [message.spent] : []));
    expect(first).toMatchObject({ calls: 1, costUsd: null });
    expect(first!.inputTokens).toBeGreaterThan(100);
    expect(second).toMatchObject({ calls: 1, costUsd: 0.01 });
    expect(reasonsOf(posted)).toEqual([]);
  });

  it('gives the verdict with what the judge says to do next, and asks the adviser only where it says nothing', async () => {
    const kinds: string[] = [];
    const answers = [foundBy('Read the failing test.'), foundBy(''), 'DO run the tests.'];
    const { reviewer, posted } = open(async (question) => {
      kinds.push(kindOf(question));
      return { text: answers[kinds.length - 1] ?? no, usage };
    });
    reviewer.turnEnd(1, [ending]);
    await eventually(settledOf(posted)).toBe(true);
    expect(kinds).toEqual(['turn-end']);
    reviewer.turnEnd(1, [ending]);
    await eventually(() => posted.filter(({ kind }) => kind === 'settled').length).toBe(2);
    expect(kinds).toEqual(['turn-end', 'turn-end', 'advice']);
    const advice = posted.flatMap((message) => (message.kind === 'verdict' ? [message.verdict.advice] : []));
    expect(advice).toEqual(['Read the failing test.', 'DO run the tests.']);
  });

  it('does not ask again for advice that the end of the turn cut off: its step will not come', async () => {
    const kinds: string[] = [];
    const { reviewer, posted } = open(hangOnce(kinds));
    reviewer.advise(verdict({ class: 'infinite-loop', atStep: 0, evidenceSteps: [0] }));
    await eventually(() => kinds.length).toBe(1);
    expect(reviewer.cutReviews()).toBe(0);
    reviewer.turnEnd(1, [ending]);
    await eventually(settledOf(posted)).toBe(true);
    expect(kinds).toEqual(['advice', 'turn-end']);
  });

  it('reads constraints again that the end of a turn cut off: they hold in the next one', async () => {
    const kinds: string[] = [];
    const { reviewer, posted } = open(hangOnce(kinds));
    reviewer.readConstraints('Do not touch the build.');
    await eventually(() => kinds.length).toBe(1);
    reviewer.turnEnd(1, [ending]);
    await eventually(settledOf(posted)).toBe(true);
    await eventually(() => kinds).toEqual(['constraints', 'turn-end', 'constraints']);
  });

  it('cuts the review of a turn when the user speaks again', async () => {
    const kinds: string[] = [];
    const { reviewer, posted } = open(hangOnce(kinds));
    reviewer.turnEnd(1, [ending, premise]);
    await eventually(() => kinds.length).toBe(1);
    expect(reviewer.cutReviews()).toBe(1);
    await eventually(settledOf(posted)).toBe(true);
    expect(kinds).toEqual(['turn-end']);
  });

  it('asks nothing while the server is not free, cuts what is under way, and asks it again when it is', async () => {
    const kinds: string[] = [];
    const { reviewer, posted } = open(hangOnce(kinds));
    reviewer.setFree(false);
    reviewer.request([premise]);
    reviewer.setFree(true);
    await eventually(() => kinds.length).toBe(1);
    reviewer.setFree(false);
    await eventually(() => posted.some(({ kind }) => kind === 'spent')).toBe(true);
    expect(kinds).toEqual(['premise']);
    reviewer.setFree(true);
    await eventually(() => kinds).toEqual(['premise', 'premise']);
  });

  it('asks the adviser before the questions that wait, since its words are for the very next reminder', async () => {
    const kinds: string[] = [];
    const { reviewer, posted } = open(async (question) => {
      kinds.push(kindOf(question));
      return { text: question.schema === undefined ? 'DO read the whole error.' : no, usage };
    });
    reviewer.request([premise, drift, premise]);
    reviewer.advise(verdict({ class: 'infinite-loop', atStep: 0, evidenceSteps: [0] }));
    await eventually(() => kinds).toEqual(['premise', 'advice', 'drift', 'premise']);
    expect(posted.filter(({ kind }) => kind === 'advice')).toHaveLength(1);
  });

  const caps: [string, Record<string, number>, number][] = [
    ['calls', { maxCalls: 2 }, 2],
    ['tokens', { maxTokens: 2000 }, 2],
    ['money', { maxCostUsd: 0.015 }, 2],
    ['everything', { maxCalls: 0 }, 0],
  ];
  it.each(caps)('keeps its cap on %s', async (_, judge, expected) => {
    let asked = 0;
    const { reviewer, posted } = open(async () => {
      asked += 1;
      return { text: no, usage };
    }, judge);
    reviewer.turnEnd(1, [ending, premise, drift, premise]);
    await eventually(settledOf(posted)).toBe(true);
    expect(asked).toBe(expected);
    expect(reasonsOf(posted).at(-1)).toContain('cap');
  });

  it('gives up a judge that hangs and does not listen, and asks no more after three failures', async () => {
    let asked = 0;
    const hang: Ask = () => {
      asked += 1;
      return new Promise(() => undefined);
    };
    const { reviewer, posted } = open(hang, { timeoutSeconds: 0.01 });
    reviewer.turnEnd(1, [ending, premise, drift, premise, premise]);
    await eventually(settledOf(posted)).toBe(true);
    expect(asked).toBe(3);
    expect(reasonsOf(posted)[0]).toContain('no answer in 0.01 s');
    expect(reasonsOf(posted).at(-1)).toContain('3 times in a row');
    const costs = posted.flatMap((message) => (message.kind === 'spent' ? [message.spent.costUsd] : []));
    expect(costs).toEqual([null, null, null]);
  });

  it('says what each call has cost, also one that brought nothing', async () => {
    const { reviewer, posted } = open(async (question) => {
      if (kindOf(question) === 'premise') throw new Error('503');
      return { text: no, usage };
    });
    reviewer.turnEnd(1, [ending, premise]);
    await eventually(settledOf(posted)).toBe(true);
    const tokens = posted.flatMap((message) => (message.kind === 'spent' ? [message.spent.inputTokens] : []));
    expect(tokens).toEqual([1000, 0]);
  });
});
