import { mean, sampleVariance } from 'simple-statistics';
import { adjustPValues, type Correction } from './corrections.ts';
import type { Unit } from './figures.ts';
import { neededForMeans, neededForProportions } from './sample-size.ts';
import { ranCalls, type SessionFacts, sortFacts } from './session-facts.ts';
import {
  bootstrapRatios,
  clusteredRatioZ,
  mannWhitney,
  ratioVariance,
  twoProportionZ,
  welchT,
} from './significance-tests.ts';
import {
  type Estimate,
  estimateMean,
  estimateProportion,
  estimateRatio,
  type Interval,
  type Pair,
  ratioOf,
} from './statistics.ts';

/** What is compared: a share of sessions, a mean a session, or a ratio of sums over sessions. */
type Metric = { readonly key: string; readonly title: string; readonly unit: Unit; readonly lowerIsBetter: boolean } & (
  | { readonly kind: 'proportion'; readonly of: (one: SessionFacts) => boolean | null }
  | { readonly kind: 'mean'; readonly of: (one: SessionFacts) => number | null }
  | { readonly kind: 'ratio'; readonly of: (one: SessionFacts) => Pair | null }
);

const tokensOf = (one: SessionFacts) => (one.inputTokens === null ? null : one.inputTokens + (one.outputTokens ?? 0));

/** The metrics of a comparison. The first three are those of the Wink paper's live test. */
export const metrics: readonly Metric[] = [
  {
    key: 'toolFailureRate',
    title: 'Tool calls that failed',
    unit: 'share',
    lowerIsBetter: true,
    kind: 'ratio',
    of: (one) => ({ top: one.failedCalls, bottom: ranCalls(one) }),
  },
  { key: 'tokens', title: 'Tokens a session', unit: 'tokens', lowerIsBetter: true, kind: 'mean', of: tokensOf },
  {
    key: 'interventions',
    title: 'User interventions a session',
    unit: 'number',
    lowerIsBetter: true,
    kind: 'mean',
    of: (one) => one.interventions.total,
  },
  {
    key: 'misbehaving',
    title: 'Sessions with any misbehaviour',
    unit: 'share',
    lowerIsBetter: true,
    kind: 'proportion',
    of: (one) => (one.mode === 'off' || one.mode === 'unobserved' ? null : one.classes.length > 0),
  },
  {
    key: 'success',
    title: 'Ended well',
    unit: 'share',
    lowerIsBetter: false,
    kind: 'proportion',
    of: (one) => one.success,
  },
  { key: 'steps', title: 'Steps a session', unit: 'steps', lowerIsBetter: true, kind: 'mean', of: (one) => one.steps },
  { key: 'cost', title: 'Cost a session', unit: 'usd', lowerIsBetter: true, kind: 'mean', of: (one) => one.costUsd },
  {
    key: 'duration',
    title: 'Duration of a session',
    unit: 'seconds',
    lowerIsBetter: true,
    kind: 'mean',
    of: (one) => (one.durationMs === null ? null : one.durationMs / 1000),
  },
  {
    key: 'persisted',
    title: 'Episodes that persisted',
    unit: 'share',
    lowerIsBetter: true,
    kind: 'ratio',
    of: persistedPair,
  },
];

function persistedPair(one: SessionFacts): Pair | null {
  const settled = one.episodes.filter((episode) => episode.outcome === 'recovered' || episode.outcome === 'persisted');
  return { top: settled.filter((episode) => episode.outcome === 'persisted').length, bottom: settled.length };
}

export type Comparison = {
  readonly key: string;
  readonly title: string;
  readonly unit: Unit;
  readonly lowerIsBetter: boolean;
  readonly control: Estimate;
  readonly treatment: Estimate;
  readonly difference: number | null;
  /** Difference over the control's value. */
  readonly relative: number | null;
  readonly interval: Interval | null;
  readonly test: string;
  readonly p: number | null;
  readonly adjustedP: number | null;
  /** The second opinion for means: Mann-Whitney, which a few huge sessions do not sway. */
  readonly rankP: number | null;
  /** Units each arm needs, in all, to find the effect asked for with 80 % power. */
  readonly neededEach: number | null;
  /** How many of them the smaller arm still lacks. */
  readonly missingEach: number | null;
};

export type CompareOptions = {
  readonly unit: 'session' | 'repository';
  readonly correction: Correction;
  /** The relative effect that the study wants to be able to find, for example 0.05. */
  readonly effect: number;
};

/** Compares two arms, metric by metric: control first, treatment second. */
export function compareArms(
  control: readonly SessionFacts[],
  treatment: readonly SessionFacts[],
  options: CompareOptions,
): Comparison[] {
  const [first, second] = [sortFacts(control), sortFacts(treatment)];
  const drafts = metrics.map((metric) => compareMetric(metric, first, second, options));
  const adjusted = adjustPValues(
    drafts.map((draft) => draft.p),
    options.correction,
  );
  return drafts.map((draft, at) => ({ ...draft, adjustedP: adjusted[at] ?? null }));
}

type Draft = Omit<Comparison, 'adjustedP'>;

function compareMetric(
  metric: Metric,
  control: readonly SessionFacts[],
  treatment: readonly SessionFacts[],
  options: CompareOptions,
): Draft {
  const { key, title, unit, lowerIsBetter } = metric;
  const base = { key, title, unit, lowerIsBetter };
  if (metric.kind === 'mean' && options.unit === 'session')
    return compareMeans(base, values(control, metric.of), values(treatment, metric.of), options.effect);
  if (metric.kind === 'proportion' && options.unit === 'session') {
    return compareProportions(
      base,
      toPair(values(control, metric.of)),
      toPair(values(treatment, metric.of)),
      options.effect,
    );
  }
  const [first, second] = [toClusters(metric, control, options.unit), toClusters(metric, treatment, options.unit)];
  if (metric.kind === 'mean') return compareMeans(base, first.map(perSession), second.map(perSession), options.effect);
  return compareRatios(base, first, second, options.effect);
}

type Base = Pick<Comparison, 'key' | 'title' | 'unit' | 'lowerIsBetter'>;

function values<Value>(facts: readonly SessionFacts[], of: (one: SessionFacts) => Value | null): Value[] {
  return facts.map(of).filter((value): value is Value & {} => value !== null);
}

function toPair(outcomes: readonly boolean[]): Pair {
  return { top: outcomes.filter(Boolean).length, bottom: outcomes.length };
}

/** One pair a session, or the sums of a repository: what was assigned together is resampled together. */
function toClusters(metric: Metric, facts: readonly SessionFacts[], unit: CompareOptions['unit']): Pair[] {
  const clusters = new Map<string, { top: number; bottom: number }>();
  for (const one of facts) {
    const pair = pairOf(metric, one);
    if (pair === null) continue;
    const key = unit === 'repository' ? one.repository : `${one.source}\n${one.session}`;
    const cluster = clusters.get(key) ?? { top: 0, bottom: 0 };
    clusters.set(key, { top: cluster.top + pair.top, bottom: cluster.bottom + pair.bottom });
  }
  return [...clusters.values()].filter((cluster) => cluster.bottom > 0);
}

function pairOf(metric: Metric, one: SessionFacts): Pair | null {
  if (metric.kind === 'ratio') return metric.of(one);
  const value = metric.of(one);
  return value === null ? null : { top: Number(value), bottom: 1 };
}

function perSession(cluster: Pair): number {
  return cluster.top / cluster.bottom;
}

function compareMeans(base: Base, control: readonly number[], treatment: readonly number[], effect: number): Draft {
  const test = welchT(control, treatment);
  const target = control.length === 0 ? 0 : Math.abs(mean([...control]) * effect);
  const needed =
    test === null ? null : neededForMeans([sampleVariance([...control]), sampleVariance([...treatment])], target);
  return finish(base, estimateMean(control), estimateMean(treatment), {
    test: "Welch's t",
    p: test?.p ?? null,
    interval: test?.interval ?? null,
    rankP: mannWhitney(control, treatment)?.p ?? null,
    needed,
  });
}

function compareProportions(base: Base, control: Pair, treatment: Pair, effect: number): Draft {
  const test = twoProportionZ(control, treatment);
  const share = control.bottom === 0 ? 0 : control.top / control.bottom;
  const needed = share === 0 || share === 1 ? null : neededForProportions(share, share * (1 - effect));
  return finish(
    base,
    estimateProportion(control.top, control.bottom),
    estimateProportion(treatment.top, treatment.bottom),
    {
      test: 'two-proportion z',
      p: test?.p ?? null,
      interval: test?.interval ?? null,
      rankP: null,
      needed,
    },
  );
}

function compareRatios(base: Base, control: readonly Pair[], treatment: readonly Pair[], effect: number): Draft {
  const z = clusteredRatioZ(control, treatment);
  const bootstrapped = bootstrapRatios(control, treatment);
  const target = Math.abs(ratioOf(control) * effect);
  const variances: [number, number] | null =
    z === null ? null : [ratioVariance(control) * control.length, ratioVariance(treatment) * treatment.length];
  return finish(base, estimateRatio(control), estimateRatio(treatment), {
    test: 'bootstrap-t, by cluster',
    p: bootstrapped?.p ?? null,
    interval: bootstrapped?.interval ?? null,
    rankP: null,
    needed: variances === null || target === 0 ? null : neededForMeans(variances, target),
  });
}

function finish(
  base: Base,
  control: Estimate,
  treatment: Estimate,
  result: { test: string; p: number | null; interval: Interval | null; rankP: number | null; needed: number | null },
): Draft {
  const difference = control.value === null || treatment.value === null ? null : treatment.value - control.value;
  return {
    ...base,
    control,
    treatment,
    difference,
    relative: difference === null || !control.value ? null : difference / control.value,
    interval: result.interval,
    test: result.test,
    p: result.p,
    rankP: result.rankP,
    neededEach: result.needed,
    missingEach: result.needed === null ? null : Math.max(0, result.needed - Math.min(control.n, treatment.n)),
  };
}
