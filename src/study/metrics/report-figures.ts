import { compareHoldOut, type HoldOutRow } from './compare-hold-out.ts';
import { type Figure, isWatched, tallyFigures } from './figures.ts';
import { type SessionFacts, sortFacts } from './session-facts.ts';
import { keptSessions } from './tally.ts';
import { type Count, createCounter, type Misbehaviour, tallyMisbehaviour } from './tally-misbehaviour.ts';

export type Report = Misbehaviour & {
  readonly sessions: number;
  readonly modes: readonly Count[];
  readonly agents: readonly Count[];
  readonly models: readonly Count[];
  readonly outcomes: readonly Count[];
  readonly startedFrom: string | null;
  readonly startedTo: string | null;
  readonly totals: {
    readonly steps: number;
    readonly calls: number;
    /** Null when no session says them. */
    readonly tokens: number | null;
    readonly costUsd: number | null;
    readonly signals: number;
    readonly verdicts: number;
    readonly reminders: number;
  };
  readonly figures: readonly Figure[];
  /** Reminders said against withheld by lot; empty where none was withheld. */
  readonly holdOut: readonly HoldOutRow[];
};

/** A report while sessions come in. */
export type ReportTally = { readonly add: (one: SessionFacts) => void; readonly finish: () => Report };

/** The report of some sessions. Pure, and the same for the same facts in any order. */
export function computeReport(facts: readonly SessionFacts[]): Report {
  return countReport(true, sortFacts(facts));
}

/**
 * Takes sessions one by one. Up to `most` of them are kept, and the report is exact; of more, only counts and sums are, so that memory does
 * not grow with them: medians are then within 0.5 %, and intervals of medians and ratios are estimated in one pass.
 */
export function createReportTally(most: number = keptSessions): ReportTally {
  let kept: SessionFacts[] = [];
  let counting: ReportTally | undefined;
  return {
    add: (one) => {
      if (counting) return counting.add(one);
      kept.push(one);
      if (kept.length <= most) return;
      counting = openReport(false);
      for (const each of kept) counting.add(each);
      kept = [];
    },
    finish: () => counting?.finish() ?? computeReport(kept),
  };
}

function countReport(isKept: boolean, facts: readonly SessionFacts[]): Report {
  const tally = openReport(isKept);
  for (const one of facts) tally.add(one);
  return tally.finish();
}

function openReport(isKept: boolean): ReportTally {
  const [modes, agents, models, outcomes] = [createCounter(), createCounter(), createCounter(), createCounter()];
  const figures = tallyFigures(isKept);
  const totals = tallyTotals();
  const misbehaviour = tallyMisbehaviour();
  const drawn: SessionFacts[] = [];
  let sessions = 0;
  let startedFrom: string | null = null;
  let startedTo: string | null = null;
  return {
    add: (one) => {
      sessions += 1;
      modes.add(one.mode);
      agents.add(one.agent);
      models.add(one.model);
      outcomes.add(outcomeName(one));
      figures.add(one);
      totals.add(one);
      if (isWatched(one)) misbehaviour.add(one);
      if (one.holdback > 0 && one.episodes.length > 0) drawn.push(one);
      const { startedAt } = one;
      if (startedAt === null) return;
      if (startedFrom === null || startedAt < startedFrom) startedFrom = startedAt;
      if (startedTo === null || startedAt > startedTo) startedTo = startedAt;
    },
    finish: () => ({
      sessions,
      modes: modes.counts(),
      agents: agents.counts(),
      models: models.counts(),
      outcomes: outcomes.counts(),
      startedFrom,
      startedTo,
      totals: totals.finish(),
      figures: figures.finish(),
      holdOut: compareHoldOut(drawn),
      ...misbehaviour.finish(),
    }),
  };
}

function outcomeName(one: SessionFacts): string {
  if (one.outcome !== null) return one.outcome;
  return one.success === null ? 'unknown' : one.success ? 'solved' : 'not solved';
}

function tallyTotals() {
  const sums = { steps: 0, calls: 0, signals: 0, verdicts: 0, reminders: 0 };
  let [tokens, costUsd]: [number, number | null] = [0, null];
  let hasTokens = false;
  return {
    add: (one: SessionFacts) => {
      for (const key of ['steps', 'calls', 'signals', 'verdicts', 'reminders'] as const) sums[key] += one[key];
      tokens += (one.inputTokens ?? 0) + (one.outputTokens ?? 0);
      hasTokens ||= one.inputTokens !== null;
      if (one.costUsd !== null) costUsd = (costUsd ?? 0) + one.costUsd;
    },
    finish: (): Report['totals'] => ({ ...sums, tokens: hasTokens ? tokens : null, costUsd }),
  };
}
