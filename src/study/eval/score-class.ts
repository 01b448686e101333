import type { Label, RunLabels } from '../input/trajectory.ts';

/** A label counts from this confidence on; a weaker one makes its class count neither way in its run. */
export const labelConfidence = 0.5;

/** A stuck run of failing calls carries both classes, and a detector that names either has found it. */
const twins: ReadonlySet<string> = new Set(['infinite-loop', 'tool-call-failure']);

/** Something said or noted in a run. */
export type ScoredFinding = { readonly class: string; readonly step: number };

/**
 * How one class fared in one labelled run. `delay`: steps between `visible` of the first label and the first finding
 * that counts.
 */
export type ClassResult = {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly delay?: number;
};

/**
 * Scores one class in one labelled run: the first finding that is not before the label's `start` counts, one that
 * speaks only before it is a false positive, and so is any finding in a run without such a label. undefined: the class
 * counts neither way in this run.
 */
export function scoreClass(
  className: string,
  labels: readonly Label[],
  findings: readonly ScoredFinding[],
): ClassResult | undefined {
  const mine = labels.filter((label) => label.class === className);
  const counting = mine.filter(isCounting);
  const names = twins.has(className) && carriesBoth(labels) ? twins : new Set([className]);
  const own = findings.filter((finding) => finding.class === className);
  if (counting.length === 0) {
    if (mine.length > 0) return undefined;
    return { truePositives: 0, falsePositives: own.length > 0 ? 1 : 0, falseNegatives: 0 };
  }
  const start = Math.min(...counting.map((label) => label.start));
  const visible = Math.min(...counting.map((label) => label.visible));
  const steps = findings.filter((finding) => names.has(finding.class)).map((finding) => finding.step);
  const found = steps.filter((step) => step >= start);
  if (found.length === 0) return { truePositives: 0, falsePositives: steps.length > 0 ? 1 : 0, falseNegatives: 1 };
  return { truePositives: 1, falsePositives: 0, falseNegatives: 0, delay: Math.min(...found) - visible };
}

function carriesBoth(labels: readonly Label[]): boolean {
  return [...twins].every((name) => labels.some((label) => label.class === name && isCounting(label)));
}

/** Whether a label is sure enough to count. */
export function isCounting(label: Label): boolean {
  return label.confidence >= labelConfidence;
}

/** Whether nothing is known against a run: labelled and nothing marked that counts, or passing and no rule broken. */
export function isCleanRun(labels: RunLabels | undefined): boolean {
  if (labels === undefined || labels.ruleBroken === true || labels.ruleReverted === true) return false;
  if (labels.misbehaviours !== undefined) return !labels.misbehaviours.some(isCounting);
  return labels.success === true;
}

/** Counts of one class or detector over many runs. */
export type Tally = {
  truePositives: number;
  falsePositives: number;
  falseNegatives: number;
  readonly delays: number[];
  /** Clean runs in which it spoke, and how often it spoke in all runs. */
  cleanRunsHit: number;
  findings: number;
};

export function newTally(): Tally {
  return { truePositives: 0, falsePositives: 0, falseNegatives: 0, delays: [], cleanRunsHit: 0, findings: 0 };
}

/** Adds a run's result. */
export function addResult(tally: Tally, result: ClassResult): void {
  tally.truePositives += result.truePositives;
  tally.falsePositives += result.falsePositives;
  tally.falseNegatives += result.falseNegatives;
  if (result.delay !== undefined) tally.delays.push(result.delay);
}

/** The figures of a tally. null: nothing to divide by. */
export type Figures = {
  readonly truePositives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly precision: number | null;
  readonly recall: number | null;
  readonly f1: number | null;
  /** Steps after `visible`; negative: before it. */
  readonly medianDelay: number | null;
  /** Share of found labels that were found at most one step after `visible`. */
  readonly withinOneStep: number | null;
  readonly falsePositivesPer100CleanRuns: number | null;
  readonly findingsPer1000Steps: number | null;
};

/** The figures of a tally over `cleanRuns` clean runs and `steps` steps in all. */
export function figuresOf(tally: Tally, cleanRuns: number, steps: number): Figures {
  const { truePositives, falsePositives, falseNegatives, delays } = tally;
  const precision = share(truePositives, truePositives + falsePositives);
  const recall = share(truePositives, truePositives + falseNegatives);
  return {
    truePositives,
    falsePositives,
    falseNegatives,
    precision,
    recall,
    f1:
      precision === null || recall === null || precision + recall === 0
        ? null
        : (2 * precision * recall) / (precision + recall),
    medianDelay: median(delays),
    withinOneStep: share(delays.filter((delay) => delay <= 1).length, delays.length),
    falsePositivesPer100CleanRuns: scale(share(tally.cleanRunsHit, cleanRuns), 100),
    findingsPer1000Steps: scale(share(tally.findings, steps), 1000),
  };
}

/** A part of a whole; null when there is no whole. */
export function share(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function scale(value: number | null, factor: number): number | null {
  return value === null ? null : value * factor;
}

/** The middle value; the mean of the two middle ones for an even count; null for none. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((left, right) => left - right);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
