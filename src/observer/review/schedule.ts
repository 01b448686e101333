import type { Signal } from '../../core/types.ts';
import { isOfKind } from '../ledger/files.ts';
import { requiredConfidence } from '../policy/decisions.ts';
import { ruleOf } from '../policy/ladder.ts';
import { touchesOf } from '../shell/touches.ts';
import { featuresOf } from '../step/features.ts';
import type { NormalizedCall, NormalizedStep } from '../step/normalized-step.ts';
import type { WorkerSettings } from '../worker/protocol.ts';
import { mayConstrain } from './ask-constraints.ts';

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

/** When the judge is asked, and for what: by evidence, and for drift at a widening interval. */
export type Schedule = {
  /** After each step, with what the detectors found in it. `isTurnEnd`: the model called nothing and calls its turn done. */
  readonly step: (step: NormalizedStep, signals: readonly Signal[], isTurnEnd: boolean) => readonly ReviewRequest[];
  /**
   * At the end of a turn, for what may re-open it: a false claim after a turn that acted, an instruction when the user's words
   * set limits or constraints hold (those of AGENTS.md too), weakened tests when files of tests were changed, a premature stop
   * when the task is long or the last words sound unfinished. Nothing when a rule has found already what re-opens the turn, or
   * when the turn only looked and talked.
   */
  readonly turnEnd: (index: number, hasConstraints: boolean) => readonly ReviewRequest[];
  readonly compacted: () => readonly ReviewRequest[];
};

/** Steps after the user's words at which drift is looked for first (the paper looks every 5 steps; the interval widens here). */
const firstInterval = 5;
const widestInterval = 40;
const acting: ReadonlySet<string> = new Set(['edit', 'write', 'shell', 'other']);
/** A task this long asks for several things; a shorter one is left undone only with words like these. */
const longTask = 400;
const unfinished =
  /\b(?:todo|remain\w*|left|next steps?|not yet|unable|could ?n['’]t|can ?not|can['’]t|would need|partial\w*|skipp\w*|later|instead|should i|let me know|if you (?:want|like))\b/i;

/** A schedule over the classes that are switched on. */
export function createSchedule({ config, classes }: Pick<WorkerSettings, 'config' | 'classes'>): Schedule {
  const asked = classes.filter((known) => config.classes[known.name]?.enabled !== false);
  const names = new Set(asked.map((known) => known.name));
  const byInterval = asked.filter((known) => known.when === 'interval').map((known) => known.name);
  const ownAtTurnEnd = asked.filter((known) => known.when === 'turn-end' && known.question !== undefined);
  const isStrong = (signal: Signal): boolean => signal.confidence >= requiredConfidence(config, signal.class);
  const interval = createInterval();
  let lastIndex = -1;
  let turnHasActed = false;
  let turnWords = '';
  let turnChangedTests = false;
  let lastText = '';
  let hasReopening = false;

  return {
    step: (step, signals, isTurnEnd) => {
      lastIndex = step.index;
      if (step.userTexts.length > 0) {
        turnHasActed = false;
        turnChangedTests = false;
        turnWords = step.userTexts.join('\n');
      }
      turnHasActed ||= step.calls.some((call) => acting.has(call.act));
      turnChangedTests ||= step.calls.some(changesTests);
      lastText = step.text;
      hasReopening = signals.some((signal) => ruleOf(signal.class).mayReopen && isStrong(signal));
      const weak = signals.filter((signal) => !isStrong(signal) && names.has(signal.class));
      const doubts = weak.map(
        (signal): ReviewRequest => ({ class: signal.class, trigger: 'signal', atStep: signal.step, signal }),
      );
      const isDue = interval.isDue(step);
      if (!isDue || isTurnEnd) return doubts;
      return [...doubts, ...ask(drifting(byInterval, names, interval.hasFailures()), 'interval', step.index)];
    },
    turnEnd: (index, hasConstraints) => {
      if (!turnHasActed || hasReopening) return [];
      const suspects = {
        'false-claim': true,
        'did-not-follow-instructions': hasConstraints || mayConstrain(turnWords),
        'test-tampering': turnChangedTests,
        'premature-stop': turnWords.length > longTask || unfinished.test(lastText),
      };
      const ours = Object.entries(suspects).flatMap(([name, isLikely]) => (isLikely && names.has(name) ? [name] : []));
      return ask([...ours, ...ownAtTurnEnd.map((known) => known.name)], 'turn-end', index);
    },
    compacted: () => ask(byInterval.slice(0, 1), 'compaction', lastIndex),
  };
}

/** Whether a call wrote files of tests: by what it says it changed, its path, or what its shell line touches (also when that ended red). */
function changesTests(call: NormalizedCall): boolean {
  const { path, isChange, shell, commands } = featuresOf(call);
  const isRefused = call.errorKind === 'blocked' || call.errorKind === 'denied';
  if (isRefused || (!isChange && shell !== 'change')) return false;
  const touched = touchesOf(commands, new Map()).map((touch) => touch.path);
  return [...(call.changedFiles ?? []), ...(path === undefined ? [] : [path]), ...touched].some((file) =>
    isOfKind(file, 'tests'),
  );
}

function ask(names: readonly string[], trigger: Trigger, atStep: number): ReviewRequest[] {
  return names.map((name) => ({ class: name, trigger, atStep }));
}

/** Failures that the agent works on are where a wrong premise hides; without any it is not asked for. */
function drifting(byInterval: readonly string[], names: ReadonlySet<string>, hasFailures: boolean): readonly string[] {
  return hasFailures && names.has('wrong-premise') ? [...byInterval, 'wrong-premise'] : byInterval;
}

/** Due after 5 steps of acting since the user's words, then after 10, 20 and 40 more. */
function createInterval(): { isDue: (step: NormalizedStep) => boolean; hasFailures: () => boolean } {
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
