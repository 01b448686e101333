import type { Reminder, Signal, Suppressed } from '../../core/types.ts';
import type { Timed } from '../input/run-record.ts';
import type { DelayFacts } from './session-facts.ts';

/** From the first step that belongs to the evidence to the step after which the observer knew. */
export function detectionDelay(signal: Timed<Signal>, stepTimes: readonly (string | undefined)[]): DelayFacts {
  const first = Math.min(signal.step, ...signal.evidenceSteps);
  return {
    class: signal.class,
    detector: signal.detector,
    steps: signal.step - first,
    ms: msBetween(stepTimes[signal.step], signal.at),
    isDropped: false,
  };
}

/** Reasons for which a finding was dropped because it came, or was let wait, too long. */
const tooLate =
  /^held for |moved on since|steps old|has checked its work since|has undone it since|went on working|the run ended/;

/**
 * From each finding to its words, 0 steps being the very next request; and of a finding that was dropped as too late, how long it had
 * waited until then. A finding that waited is counted from its first signal, whatever was found after it. The firmer words of an episode that
 * goes on answer no new finding, and words of the judge alone have no signal.
 */
export function deliveryDelays(
  signals: readonly Timed<Signal>[],
  reminders: readonly Timed<Reminder>[],
  suppressed: readonly Timed<Suppressed>[],
): DelayFacts[] {
  const reminded = new Set<string>();
  const first = reminders.filter(({ episode }) => !reminded.has(episode) && reminded.add(episode));
  const ends = [
    ...first.map((each) => ({ ...each, at: each.at, lastStep: each.step - 1, isDropped: false })),
    ...suppressed
      .filter(({ reason }) => tooLate.test(reason))
      .map((each) => ({ ...each, at: each.at, lastStep: each.step, isDropped: true })),
  ].sort((left, right) => left.lastStep - right.lastStep);
  const answered = new Map<string, number>();
  return ends.flatMap(({ class: name, detector, at, lastStep, isDropped }) => {
    const since = answered.get(name) ?? -1;
    const signal = signals.find(
      (each) => each.class === name && each.step > since && each.step <= Math.max(0, lastStep),
    );
    if (signal === undefined) return [];
    answered.set(name, Math.max(0, lastStep));
    const steps = Math.max(0, lastStep - signal.step);
    return [{ class: name, detector: detector ?? null, steps, ms: msBetween(signal.at, at), isDropped }];
  });
}

function msBetween(start: string | undefined, end: string | undefined): number | null {
  if (start === undefined || end === undefined) return null;
  const ms = Date.parse(end) - Date.parse(start);
  return Number.isFinite(ms) && ms >= 0 ? ms : null;
}
