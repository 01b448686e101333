import { describe, expect, it } from 'vitest';
import type { Ask } from '../../../src/core/model.ts';
import type { Usage } from '../../../src/core/types.ts';
import { observerSchema } from '../../../src/observer/config.ts';
import { createAccount } from '../../../src/observer/review/account.ts';
import { createReviewer, type Reviewer } from '../../../src/observer/review/reviewer.ts';
import type { ReviewRequest } from '../../../src/observer/review/schedule.ts';
import { builtInClasses } from '../../../src/observer/taxonomy.ts';
import type { FromWorker } from '../../../src/observer/worker/protocol.ts';
import { eventually, observed } from '../runs.ts';
import { signal, verdict } from '../steps.ts';

const usage: Usage = { inputTokens: 1000, cachedInputTokens: 0, outputTokens: 50, costUsd: 0.01 };
const no = '{"present": false, "confidence": 0.9, "firstStep": -1, "evidenceSteps": [], "quote": ""}';
const yes = '{"present": true, "confidence": 0.9, "firstStep": 0, "evidenceSteps": [0], "quote": "1 failing"}';
const request = (name: string, trigger: ReviewRequest['trigger'] = 'interval'): ReviewRequest => ({
  class: name,
  trigger,
  atStep: 0,
});

function open(ask: Ask, judge: Record<string, number> = {}): { reviewer: Reviewer; posted: FromWorker[] } {
  const posted: FromWorker[] = [];
  const account = createAccount('task', 'abc');
  account.add(
    observed(0, '', [], {
      name: 'shell',
      input: { command: 'npm test' },
      result: { output: '1 failing', isError: true },
    }),
  );
  const spent = { calls: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: 0 };
  const config = observerSchema.parse({ judge });
  return {
    reviewer: createReviewer({
      config,
      classes: builtInClasses,
      spent,
      account,
      fence: 'abc',
      ask,
      post: (message) => posted.push(message),
    }),
    posted,
  };
}

const settledOf = (posted: FromWorker[]) => () => posted.some((message) => message.kind === 'settled');
const reasonsOf = (posted: FromWorker[]): string[] =>
  posted.flatMap((message) => (message.kind === 'no-verdict' ? [message.reason] : []));

describe('the reviewer', () => {
  it('tells of a finding that the judge did not confirm, by its detector', async () => {
    const finding = signal({ step: 0, evidenceSteps: [0], confidence: 0.5 });
    const { reviewer, posted } = open(async () => ({ text: no, usage }));
    reviewer.request([{ ...request('infinite-loop', 'signal'), signal: finding }]);
    await eventually(() => posted.find((message) => message.kind === 'no-verdict')).toMatchObject({
      class: 'infinite-loop',
      detector: 'same-call',
      reason: 'the judge says it is not so',
    });
  });

  it('never has more than one question under way, and asks none twice', async () => {
    let underWay = 0;
    let most = 0;
    let asked = 0;
    const { reviewer, posted } = open(async () => {
      most = Math.max(most, ++underWay);
      asked += 1;
      await new Promise((resolve) => setImmediate(resolve));
      underWay -= 1;
      return { text: no, usage };
    });
    for (let round = 0; round < 10; round += 1) reviewer.request([request('infinite-loop'), request('wrong-premise')]);
    reviewer.turnEnd(0, []);
    await eventually(settledOf(posted)).toBe(true);
    await eventually(() => asked).toBe(3);
    expect(most).toBe(1);
    expect(reasonsOf(posted)).toEqual([]);
  });

  it('reviews the end of a turn first, and stops at the first verdict', async () => {
    const asked: string[] = [];
    const { reviewer, posted } = open(async ({ user, schema }) => {
      asked.push(schema === undefined ? 'advice' : (/Class: (\S+)/.exec(user)?.[1] ?? ''));
      return { text: schema === undefined ? 'DO run the tests.' : yes, usage };
    });
    reviewer.request([request('wrong-premise'), request('test-tampering')]);
    reviewer.turnEnd(0, [request('false-claim', 'turn-end'), request('premature-stop', 'turn-end')]);
    await eventually(settledOf(posted)).toBe(true);
    expect(asked.filter((name) => name !== 'advice').slice(0, 2)).toEqual(['wrong-premise', 'false-claim']);
    expect(asked).not.toContain('premature-stop');
    expect(posted.find((message) => message.kind === 'verdict')).toMatchObject({
      verdict: { advice: 'DO run the tests.' },
    });
  });

  it('cuts a question off for the end of a turn, counts it, and asks it again while the turn still waits', async () => {
    const asked: string[] = [];
    let cut = false;
    const { reviewer, posted } = open(({ user }, signal) => {
      asked.push(/Class: (\S+)/.exec(user)?.[1] ?? '');
      if (asked.length > 1) return Promise.resolve({ text: no, usage });
      signal.addEventListener('abort', () => {
        cut = true;
      });
      return new Promise(() => undefined);
    });
    reviewer.request([request('unrequested-changes'), request('wrong-premise')]);
    await eventually(() => asked.length).toBe(1);
    reviewer.turnEnd(0, [request('false-claim', 'turn-end')]);
    await eventually(settledOf(posted)).toBe(true);
    expect(cut).toBe(true);
    expect(asked.slice(0, 3)).toEqual(['unrequested-changes', 'false-claim', 'unrequested-changes']);
    const [first, second] = posted.flatMap((message) => (message.kind === 'spent' ? [message.spent] : []));
    expect(first).toMatchObject({ calls: 1, costUsd: null });
    expect(first!.inputTokens).toBeGreaterThan(100);
    expect(second).toMatchObject({ calls: 1, costUsd: 0.01 });
    expect(reasonsOf(posted)).toEqual([]);
  });

  it('does not ask again for advice that the end of the turn cut off: its step will not come', async () => {
    const kinds: string[] = [];
    const { reviewer, posted } = open(({ schema }) => {
      kinds.push(schema === undefined ? 'adviser' : 'judge');
      return kinds.length === 1 ? new Promise(() => undefined) : Promise.resolve({ text: no, usage });
    });
    reviewer.advise(verdict({ class: 'infinite-loop', atStep: 0, evidenceSteps: [0] }));
    await eventually(() => kinds.length).toBe(1);
    reviewer.turnEnd(0, [request('false-claim', 'turn-end')]);
    await eventually(settledOf(posted)).toBe(true);
    reviewer.turnEnd(1, []);
    await eventually(() => posted.filter(({ kind }) => kind === 'settled').length).toBe(2);
    expect(kinds).toEqual(['adviser', 'judge']);
  });

  it('does not ask again what the end of the turn asks anyway, nor lets the turn wait for more once a verdict stands', async () => {
    const asked: string[] = [];
    const { reviewer, posted } = open(({ user, schema }) => {
      asked.push(schema === undefined ? 'advice' : (/Class: (\S+)/.exec(user)?.[1] ?? ''));
      if (asked.length === 1) return new Promise(() => undefined);
      return Promise.resolve({ text: schema === undefined ? 'DO run the tests.' : yes, usage });
    });
    reviewer.request([request('did-not-follow-instructions')]);
    await eventually(() => asked.length).toBe(1);
    const ending = ['false-claim', 'did-not-follow-instructions'].map((name) => request(name, 'turn-end'));
    reviewer.turnEnd(0, ending);
    await eventually(settledOf(posted)).toBe(true);
    expect(asked).toEqual(['did-not-follow-instructions', 'false-claim', 'advice']);
  });

  it('asks the adviser only after a verdict stands', async () => {
    const kinds: string[] = [];
    const { reviewer, posted } = open(async ({ schema }) => {
      kinds.push(schema === undefined ? 'adviser' : 'judge');
      return { text: no, usage };
    });
    reviewer.turnEnd(0, [request('false-claim', 'turn-end')]);
    await eventually(settledOf(posted)).toBe(true);
    expect(kinds).toEqual(['judge']);
  });

  it('asks the adviser before the questions that wait, since its words are for the very next reminder', async () => {
    const kinds: string[] = [];
    const { reviewer, posted } = open(async ({ schema }) => {
      kinds.push(schema === undefined ? 'adviser' : 'judge');
      return { text: schema === undefined ? 'DO read the whole error.' : no, usage };
    });
    reviewer.request([request('infinite-loop'), request('wrong-premise'), request('unrequested-changes')]);
    reviewer.advise(verdict({ class: 'infinite-loop', atStep: 0, evidenceSteps: [0] }));
    await eventually(() => kinds.length).toBe(4);
    expect(kinds).toEqual(['judge', 'adviser', 'judge', 'judge']);
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
    reviewer.turnEnd(
      0,
      ['false-claim', 'premature-stop', 'wrong-premise', 'infinite-loop'].map((name) => request(name, 'turn-end')),
    );
    await eventually(settledOf(posted)).toBe(true);
    expect(asked).toBe(expected);
    expect(reasonsOf(posted).at(-1)).toContain('cap');
  });

  it('gives up a judge that hangs and does not listen, and asks no more after three failures', async () => {
    let asked = 0;
    const { reviewer, posted } = open(
      () => {
        asked += 1;
        return new Promise(() => undefined);
      },
      { timeoutSeconds: 0.01 },
    );
    reviewer.turnEnd(
      0,
      builtInClasses.slice(0, 5).map(({ name }) => request(name, 'turn-end')),
    );
    await eventually(settledOf(posted)).toBe(true);
    expect(asked).toBe(3);
    expect(reasonsOf(posted)[0]).toContain('no answer in 0.01 s');
    expect(reasonsOf(posted).at(-1)).toContain('3 times in a row');
    const costs = posted.flatMap((message) => (message.kind === 'spent' ? [message.spent.costUsd] : []));
    expect(costs).toEqual([null, null, null]);
  });

  it('says what each call has cost, also one that brought nothing', async () => {
    const { reviewer, posted } = open(async ({ user }) => {
      if (user.includes('Class: premature-stop')) throw new Error('503');
      return { text: no, usage };
    });
    reviewer.turnEnd(
      0,
      ['false-claim', 'premature-stop'].map((name) => request(name, 'turn-end')),
    );
    await eventually(settledOf(posted)).toBe(true);
    expect(posted.flatMap((message) => (message.kind === 'spent' ? [message.spent.inputTokens] : []))).toEqual([
      1000, 0,
    ]);
  });
});
