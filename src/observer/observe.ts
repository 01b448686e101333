import type { Signal } from '../core/types.ts';
import { requiredConfidence } from './decisions.ts';
import { createDetectors } from './detectors/create.ts';
import { ruleOf } from './ladder.ts';
import type { ObservedStep } from './observed.ts';
import type { WorkerSettings } from './protocol.ts';

/** Why the judge is asked. */
export type Trigger = 'signal' | 'turn-end' | 'interval' | 'compaction';

/** A question for the judge: is it so, as of this step? */
export type ReviewRequest = {
  readonly class: string;
  readonly trigger: Trigger;
  readonly atStep: number;
  /** The weak finding that the judge is to confirm or not. */
  readonly signal?: Signal;
};

export type Observation = { readonly signals: readonly Signal[]; readonly reviews: readonly ReviewRequest[] };

/** The observer without threads, models and clocks: steps in, findings and questions out. */
export type Observer = {
  /** `isTurnEnd`: the model called nothing and calls its turn done. */
  readonly step: (step: ObservedStep, isTurnEnd: boolean) => Observation;
  /** The model called the turn done with the last step; nothing is asked when a rule has found already what may re-open it. */
  readonly turnEnd: (index: number) => readonly ReviewRequest[];
  readonly compacted: () => readonly ReviewRequest[];
};

/** Steps after the user's words at which drift is looked for first (the paper looks every 5 steps; the interval widens here). */
const firstInterval = 5;
const widestInterval = 40;
/** What may re-open a turn, in the order in which it is asked. */
const turnEndClasses: readonly string[] = ['false-claim', 'did-not-follow-instructions', 'premature-stop'];

/** All state of an observed run that is not the judge's. */
export function createObserver({
  config,
  facts,
  classes,
}: Pick<WorkerSettings, 'config' | 'facts' | 'classes'>): Observer {
  // Constraints are the main thread's: there each call is judged before it acts.
  const detectors = createDetectors({ ...config.detectors, constraint: { enabled: false } }, facts);
  const interval = createInterval();
  const asked = classes.filter((known) => config.classes[known.name]?.enabled !== false);
  const byInterval = asked.filter((known) => known.when === 'interval').map((known) => known.name);
  const atTurnEnd = asked.filter((known) => known.when === 'turn-end' && known.question !== undefined);
  const turnEndNames = [
    ...turnEndClasses.filter((name) => asked.some((known) => known.name === name)),
    ...atTurnEnd.map((known) => known.name),
  ];
  const signalClasses = new Set(asked.map((known) => known.name));
  let lastIndex = -1;
  let turnHasCalls = false;
  let hasReopening = false;

  const isStrong = (signal: Signal): boolean => signal.confidence >= requiredConfidence(config, signal.class);

  function questionsAbout(signals: readonly Signal[]): ReviewRequest[] {
    return signals
      .filter((signal) => !isStrong(signal) && signalClasses.has(signal.class))
      .map((signal) => ({ class: signal.class, trigger: 'signal', atStep: signal.step, signal }));
  }

  return {
    step: (step, isTurnEnd) => {
      lastIndex = step.index;
      if (step.userTexts.length > 0) turnHasCalls = false;
      turnHasCalls ||= step.calls.length > 0;
      const signals = detectors.observe(step, isTurnEnd);
      hasReopening = signals.some((signal) => ruleOf(signal.class).mayReopen && isStrong(signal));
      const isDue = interval.isDue(step);
      const drift =
        isDue && !isTurnEnd ? ask(drifting(byInterval, interval.hasFailures()), 'interval', step.index) : [];
      return { signals, reviews: [...questionsAbout(signals), ...drift] };
    },
    turnEnd: (index) => (turnHasCalls && !hasReopening ? ask(turnEndNames, 'turn-end', index) : []),
    compacted: () => ask(byInterval.slice(0, 1), 'compaction', lastIndex),
  };
}

function ask(names: readonly string[], trigger: Trigger, atStep: number): ReviewRequest[] {
  return names.map((name) => ({ class: name, trigger, atStep }));
}

/** Failures that the agent works on are where a wrong premise hides; without any it is not asked for. */
function drifting(byInterval: readonly string[], hasFailures: boolean): readonly string[] {
  return hasFailures ? [...byInterval, 'wrong-premise'] : byInterval;
}

/** Due after 5 steps of acting since the user's words, then after 10, 20 and 40 more. */
function createInterval(): { isDue: (step: ObservedStep) => boolean; hasFailures: () => boolean } {
  let width = firstInterval;
  let steps = 0;
  let failures = 0;
  let hadFailures = false;
  return {
    isDue: (step) => {
      if (step.userTexts.length > 0) {
        width = firstInterval;
        steps = 0;
        failures = 0;
      }
      steps += 1;
      if (step.calls.some((call) => call.isError)) failures += 1;
      if (steps < width) return false;
      hadFailures = failures >= 2;
      steps = 0;
      failures = 0;
      width = Math.min(width * 2, widestInterval);
      return true;
    },
    hasFailures: () => hadFailures,
  };
}
