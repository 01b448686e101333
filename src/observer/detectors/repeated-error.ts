import type { Detector, ObservedCall, ObservedStep } from '../observed.ts';
import type { DetectorSettings } from './config.ts';
import type { Failure } from './failure.ts';
import { featuresOf } from './features.ts';
import { hashText } from './hash.ts';
import { createProgress } from './progress.ts';
import { distinctCalls } from './repeated-call.ts';
import { lastSteps, makeSignal } from './signal.ts';

type Seen = { steps: number[]; rounds: number[]; hasFired: boolean };

const remembered = 32;

/**
 * The same canonical error again and again while the arguments vary (observer lesson 3: the blind spot of detectors that compare
 * calls). Where the call itself was wrong, quoted text, paths and numbers do not count, and calls that work in between end
 * nothing; where a program failed, the whole line counts, and a change of the code forgets it. Fires at `times` (wrong calls) or
 * `programTimes` (programs) within `window` rounds; the user's words end every streak.
 */
export function createRepeatedError(settings: DetectorSettings['repeated-error']): Detector {
  const wrongCalls = new Map<number, Seen>();
  const programs = new Map<number, Seen>();
  const hasProgress = createProgress();
  let round = 0;

  const observe = (call: ObservedCall, failure: Failure, step: ObservedStep) => {
    const id = hashText(failure.isWrongCall ? `${call.name}:${failure.looseCause}` : failure.cause);
    const entry = recall(failure.isWrongCall ? wrongCalls : programs, id, round, settings.window);
    entry.steps.push(step.index);
    entry.rounds.push(round);
    if (entry.hasFired || entry.rounds.length < (failure.isWrongCall ? settings.times : settings.programTimes))
      return [];
    entry.hasFired = true;
    return [describe(call, failure, step, entry)];
  };

  return {
    name: 'repeated-error',
    feed: (step) => {
      if (step.isLossy || step.calls.length === 0) return [];
      if (hasProgress(step)) programs.clear();
      if (step.userTexts.length > 0) wrongCalls.clear();
      round += 1;
      return distinctCalls(step).flatMap((call) => {
        const { failure } = featuresOf(call);
        return failure === undefined ? [] : observe(call, failure, step);
      });
    },
  };
}

/** The entry of an error, moved to the young end of the map, without the rounds that have left the window. */
function recall(entries: Map<number, Seen>, id: number, round: number, window: number): Seen {
  const entry = entries.get(id) ?? { steps: [], rounds: [], hasFired: false };
  entries.delete(id);
  entries.set(id, entry);
  if (entries.size > remembered) entries.delete(entries.keys().next().value!);
  if (entry.rounds.length > 0 && round - entry.rounds.at(-1)! > window) entry.hasFired = false;
  while (entry.rounds.length > 0 && round - entry.rounds[0]! > window) {
    entry.steps.shift();
    entry.rounds.shift();
  }
  return entry;
}

function describe(call: ObservedCall, failure: Failure, step: ObservedStep, entry: Seen) {
  return makeSignal({
    detector: 'repeated-error',
    class: failure.isWrongCall ? 'tool-call-failure' : 'infinite-loop',
    step: step.index,
    confidence: failure.isWrongCall ? 0.9 : 0.75,
    evidenceSteps: lastSteps(entry.steps, 6),
    evidence: `${call.name} failed ${entry.rounds.length} times with the same error (${failure.kind})`,
    streak: `${failure.looseCause.slice(0, 60)}:${entry.steps[0]}`,
  });
}
