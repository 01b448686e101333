import { expect, it } from 'vitest';
import { createRandom } from '../../src/study/metrics/random.ts';
import { computeReport, createReportTally } from '../../src/study/metrics/report-figures.ts';
import { factsSchema, type SessionFacts } from '../../src/study/metrics/session-facts.ts';

const random = createRandom(1);
const upTo = (most: number) => Math.floor(random() * most);
const oneOf = <Value>(values: readonly Value[]): Value => values[upTo(values.length)]!;

function makeFacts(index: number): SessionFacts {
  const found = { class: oneOf(['infinite-loop', 'false-claim']), category: 'c', detector: 'd' };
  const isFound = random() < 0.4;
  const counts = { steps: 1 + upTo(90), calls: 90, failedCalls: upTo(20), signals: 1, verdicts: 1, reminders: upTo(2) };
  const delay = { ...found, steps: upTo(13), ms: upTo(5_000), isDropped: random() < 0.2 };
  const outcome = oneOf(['recovered', 'persisted', 'ended']);
  const episode = { ...found, mode: 'on', interventions: 1, complied: null, outcome };
  return factsSchema.parse({
    ...{
      type: 'facts',
      session: `s${index}`,
      source: 'x.jsonl',
      agent: 'a',
      model: oneOf(['m', 'n']),
      repository: 'r',
    },
    ...{
      startedAt: `2026-01-01T00:00:00.${100 + index}Z`,
      experiment: null,
      mode: oneOf(['on', 'off']),
      outcome: 'done',
    },
    ...{ success: random() < 0.5, inputTokens: upTo(9_000), cachedInputTokens: upTo(900), outputTokens: 5 },
    ...{ costUsd: random(), durationMs: upTo(60_000), shadowReminders: 0, disruption: null, observer: null },
    ...{ interventions: { interrupts: 0, redirects: 0, corrections: 0, total: upTo(2) }, ...counts },
    ...{ classes: isFound ? [found.class] : [], categories: isFound ? ['c'] : [], suppressed: { late: upTo(3) } },
    ...{ episodes: isFound ? [episode] : [], detection: isFound ? [delay] : [], delivery: [delay] },
  });
}

/** The report as it is when only so many sessions are kept. */
function tally(facts: readonly SessionFacts[], most: number) {
  const report = createReportTally(most);
  for (const one of facts) report.add(one);
  return report.finish();
}

it('is exact while few sessions are read, and stays close, in any order, when too many are read to be kept', () => {
  const facts = Array.from({ length: 300 }, (_, index) => makeFacts(index));
  const exact = computeReport(facts);
  expect(tally([...facts].reverse(), 300)).toEqual(exact);
  const counted = tally(facts, 50);
  const { figures, totals, suppressed, ...rest } = counted;
  expect(rest).toEqual({ ...exact, figures: undefined, totals: undefined, suppressed: undefined });
  expect(totals.costUsd).toBeCloseTo(exact.totals.costUsd!, 9);
  expect(suppressed.map(({ name, count }) => ({ name, count }))).toEqual([
    { name: 'late', count: exact.suppressed[0]!.count },
  ]);
  for (const [index, { key, estimate }] of figures.entries()) {
    const { value, n, interval } = exact.figures[index]!.estimate;
    expect([key, estimate.n]).toEqual([key, n]);
    if (value !== null) expect(Math.abs(estimate.value! - value) / (value || 1), key).toBeLessThan(0.01);
    const room = (bound: number) => Math.max(0.05 * Math.abs(bound), key.endsWith('Steps') ? 1 : 0);
    for (const side of [0, 1])
      if (interval)
        expect(Math.abs(estimate.interval![side]! - interval[side]!), key).toBeLessThanOrEqual(room(interval[side]!));
  }
  const other = tally([...facts].reverse(), 50);
  for (const [index, { key, estimate }] of other.figures.entries())
    expect([key, estimate.value?.toPrecision(9), estimate.interval?.map((each) => each.toPrecision(9))]).toEqual([
      key,
      figures[index]!.estimate.value?.toPrecision(9),
      figures[index]!.estimate.interval?.map((each) => each.toPrecision(9)),
    ]);
});

it('gives a share an interval between 0 and 1, also where few sessions leave much open', () => {
  const facts = [0.1, 0.9, 1].map((score, index) => ({ ...makeFacts(index), score }));
  for (const most of [10, 1]) {
    const score = tally(facts, most).figures.find(({ key }) => key === 'score');
    expect(score?.estimate).toMatchObject({ n: 3, interval: [0, 1] });
  }
});
