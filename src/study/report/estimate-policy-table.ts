import type { PolicyRow, PolicyTable } from '../../core/policy-table.ts';
import { type EpisodeFacts, type SessionFacts, sortFacts } from '../metrics/session-facts.ts';
import { type Estimate, estimateDifference, estimateProportion, nothing, type Sample } from '../metrics/statistics.ts';

/** Alarms needed in each of the two groups before the table says yes or no. */
export const minAlarms = 20;

/**
 * Estimates where speaking pays (arXiv 2602.03338: p > d / (r + d)). An alarm's first episode in a session is the unit.
 *
 * p is the share of alarms that persisted in shadow, q that of alarms that were delivered. What can be seen without assumptions is the
 * gain p - q = p r - (1 - p) d, and its sign is the condition itself. To part r and d, d is taken from clean runs that went worse
 * after a reminder, less the same rate in shadow, and r follows.
 */
export function estimatePolicyTable(unsorted: readonly SessionFacts[], madeAt: string): PolicyTable {
  const facts = sortFacts(unsorted).filter((one) => one.mode === 'on' || one.mode === 'shadow');
  const alarms = facts.flatMap((one) => firstAlarms(one));
  const classes = [...new Set(alarms.map((alarm) => alarm.class))].sort();
  const rows = classes.flatMap((name) => {
    const own = alarms.filter((alarm) => alarm.class === name);
    const detectors = [...new Set(own.map((alarm) => alarm.detector))].filter((detector) => detector !== null).sort();
    // One detector alone says the same as its class.
    return [null, ...(detectors.length > 1 ? detectors : [])].map((detector) =>
      estimateRow(name, detector, own, facts),
    );
  });
  return { type: 'policy-table', version: 1, madeAt, sessions: facts.length, fewest: minAlarms, rows };
}

/** The first settled episode of each class in a session: later ones depend on what was said about it. */
function firstAlarms(one: SessionFacts): EpisodeFacts[] {
  const seen = new Set<string>();
  return one.episodes.filter((episode) => {
    if (seen.has(episode.class)) return false;
    seen.add(episode.class);
    const isDelivered = episode.mode === 'shadow' || episode.interventions > 0;
    return isDelivered && (episode.outcome === 'recovered' || episode.outcome === 'persisted');
  });
}

function estimateRow(
  name: string,
  detector: string | null,
  alarms: readonly EpisodeFacts[],
  facts: readonly SessionFacts[],
): PolicyRow {
  const own = detector === null ? alarms : alarms.filter((alarm) => alarm.detector === detector);
  const failed = (mode: 'on' | 'shadow') =>
    countTrue(own.filter((alarm) => alarm.mode === mode).map((alarm) => alarm.outcome === 'persisted'));
  const [shadow, treated] = [failed('shadow'), failed('on')];
  const failing = mutable(estimateProportion(shadow.successes, shadow.n));
  const disruption = estimateDisruption(name, detector, facts);
  const gain = mutable(estimateDifference(shadow, treated));
  const recovery = solveRecovery(failing, gain, disruption);
  return {
    class: name,
    detector,
    failing,
    treatedFailing: mutable(estimateProportion(treated.successes, treated.n)),
    recovery,
    disruption,
    threshold: thresholdOf(recovery, disruption),
    gain,
    pays: decide(gain, Math.min(shadow.n, treated.n)),
  };
}

type MutableEstimate = PolicyRow['gain'];

/** The same estimate with the table's own (mutable) tuple type. */
function mutable({ value, n, interval }: Estimate): MutableEstimate {
  return { value, n, interval: interval === null ? null : [interval[0], interval[1]] };
}

function countTrue(outcomes: readonly boolean[]): Sample {
  return { successes: outcomes.filter(Boolean).length, n: outcomes.length };
}

/** The share of clean runs that went worse after a reminder, less the share that does so in shadow; never below 0. */
function estimateDisruption(name: string, detector: string | null, facts: readonly SessionFacts[]): MutableEstimate {
  const cleanOf = (mode: 'on' | 'shadow') =>
    countTrue(
      facts.flatMap(({ disruption }) =>
        disruption?.mode === mode &&
        disruption.isClean &&
        disruption.class === name &&
        (detector === null || disruption.detector === detector)
          ? [disruption.gotWorse]
          : [],
      ),
    );
  const [treated, base] = [cleanOf('on'), cleanOf('shadow')];
  const excess = base.n === 0 ? estimateProportion(treated.successes, treated.n) : estimateDifference(treated, base);
  if (excess.value === null || excess.interval === null) return mutable(nothing);
  const [low, high] = excess.interval;
  return mutable({ value: Math.max(0, excess.value), n: treated.n, interval: [Math.max(0, low), Math.max(0, high)] });
}

/** r = (gain + (1 - p) d) / p, kept within 0..1; the interval follows the gain's, with p and d held. */
function solveRecovery(failing: Estimate, gain: Estimate, disruption: Estimate): MutableEstimate {
  const p = failing.value;
  const d = disruption.value ?? 0;
  if (p === null || p === 0 || gain.value === null) return mutable(nothing);
  const solve = (fall: number) => Math.max(0, Math.min(1, (fall + (1 - p) * d) / p));
  const interval = gain.interval === null ? null : ([solve(gain.interval[0]), solve(gain.interval[1])] as const);
  return mutable({ value: solve(gain.value), n: gain.n, interval });
}

function thresholdOf(recovery: Estimate, disruption: Estimate): number | null {
  if (recovery.value === null || disruption.value === null) return null;
  const sum = recovery.value + disruption.value;
  return sum === 0 ? null : disruption.value / sum;
}

function decide(gain: Estimate, fewest: number): PolicyRow['pays'] {
  if (gain.interval === null || fewest < minAlarms) return 'unknown';
  if (gain.interval[0] > 0) return 'yes';
  return gain.interval[1] < 0 ? 'no' : 'unknown';
}
