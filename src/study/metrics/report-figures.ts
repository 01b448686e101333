import { compareHoldOut, type HoldOutRow } from './compare-hold-out.ts';
import { computeFigures, estimateRecovery, type Figure, watched } from './figures.ts';
import { type SessionFacts, sortFacts } from './session-facts.ts';
import { type Estimate, estimateMean, estimateProportion } from './statistics.ts';

/** What is known of one class of misbehaviour. */
export type ClassRow = {
  readonly class: string;
  readonly category: string;
  /** Sessions with an episode of the class. */
  readonly prevalence: Estimate;
  readonly episodes: number;
  readonly treated: Estimate;
  readonly shadow: Estimate;
};

/** Findings of one reason that were not said: in all, and as a mean a session that was watched or replayed. */
export type SuppressedRow = Count & { readonly aSession: Estimate };

export type Count = { readonly name: string; readonly count: number };

export type Report = {
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
  readonly classes: readonly ClassRow[];
  readonly categories: readonly { readonly category: string; readonly prevalence: Estimate }[];
  /** Pairs of classes in one session. */
  readonly overlap: readonly { readonly classes: readonly [string, string]; readonly prevalence: Estimate }[];
  readonly suppressed: readonly SuppressedRow[];
  /** Signals by delay in steps; the last bin holds all that is longer. */
  readonly detectionDelays: readonly Count[];
};

/** The report of some sessions. Pure, and the same for the same facts in any order. */
export function computeReport(unsorted: readonly SessionFacts[]): Report {
  const facts = sortFacts(unsorted);
  const seen = watched(facts);
  const starts = facts.flatMap((one) => one.startedAt ?? []).sort();
  return {
    sessions: facts.length,
    modes: countBy(facts.map((one) => one.mode)),
    agents: countBy(facts.map((one) => one.agent)),
    models: countBy(facts.map((one) => one.model)),
    outcomes: countBy(facts.map(outcomeName)),
    startedFrom: starts[0] ?? null,
    startedTo: starts.at(-1) ?? null,
    totals: computeTotals(facts),
    figures: computeFigures(facts),
    holdOut: compareHoldOut(facts),
    classes: classRows(seen),
    categories: countBy(seen.flatMap((one) => one.categories)).map(({ name, count }) => ({
      category: name,
      prevalence: estimateProportion(count, seen.length),
    })),
    overlap: overlapRows(seen),
    suppressed: countSuppressed(seen),
    detectionDelays: delayBins(seen.flatMap((one) => one.detection.map((delay) => delay.steps))),
  };
}

function outcomeName(one: SessionFacts): string {
  if (one.outcome !== null) return one.outcome;
  return one.success === null ? 'unknown' : one.success ? 'solved' : 'not solved';
}

/** Names with their counts, the most frequent first, then by name. */
export function countBy(names: readonly string[]): Count[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((left, right) => right.count - left.count || (left.name < right.name ? -1 : 1));
}

function computeTotals(facts: readonly SessionFacts[]): Report['totals'] {
  const add = (value: (one: SessionFacts) => number) => facts.reduce((sum, one) => sum + value(one), 0);
  const costs = facts.flatMap((one) => one.costUsd ?? []);
  return {
    steps: add((one) => one.steps),
    calls: add((one) => one.calls),
    tokens: facts.every((one) => one.inputTokens === null)
      ? null
      : add((one) => (one.inputTokens ?? 0) + (one.outputTokens ?? 0)),
    costUsd: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
    signals: add((one) => one.signals),
    verdicts: add((one) => one.verdicts),
    reminders: add((one) => one.reminders),
  };
}

function classRows(seen: readonly SessionFacts[]): ClassRow[] {
  const episodes = seen.flatMap((one) => one.episodes);
  return countBy(seen.flatMap((one) => one.classes)).map(({ name, count }) => {
    const own = episodes.filter((episode) => episode.class === name);
    return {
      class: name,
      category: own[0]?.category ?? '',
      prevalence: estimateProportion(count, seen.length),
      episodes: own.length,
      treated: estimateRecovery(own.filter((episode) => episode.mode === 'on' && episode.interventions > 0)),
      shadow: estimateRecovery(own.filter((episode) => episode.mode === 'shadow')),
    };
  });
}

function overlapRows(seen: readonly SessionFacts[]): Report['overlap'] {
  const separator = '\u0000';
  const pairs = seen.flatMap((one) =>
    one.classes.flatMap((left, at) => one.classes.slice(at + 1).map((right) => left + separator + right)),
  );
  return countBy(pairs).map(({ name, count }) => {
    const [left = '', right = ''] = name.split(separator);
    return { classes: [left, right] as const, prevalence: estimateProportion(count, seen.length) };
  });
}

function countSuppressed(seen: readonly SessionFacts[]): SuppressedRow[] {
  const counts = new Map<string, number>();
  for (const one of seen) {
    for (const [reason, count] of Object.entries(one.suppressed)) counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return [...counts]
    .map(([name, count]) => ({ name, count, aSession: estimateMean(seen.map((one) => one.suppressed[name] ?? 0)) }))
    .sort((left, right) => right.count - left.count || (left.name < right.name ? -1 : 1));
}

const lastBin = 10;

function delayBins(delays: readonly number[]): Count[] {
  if (delays.length === 0) return [];
  return Array.from({ length: lastBin + 1 }, (_, steps) => ({
    name: steps === lastBin ? `${lastBin}+` : String(steps),
    count: delays.filter((delay) => Math.min(lastBin, delay) === steps).length,
  }));
}
