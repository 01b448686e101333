import { lastSteps, makeSignal } from '../../signal.ts';
import { runsNothing } from '../../step/checks/check-outcome.ts';
import { featuresOf } from '../../step/features.ts';
import { hashText } from '../../step/hash.ts';
import type { Detector, NormalizedCall, NormalizedStep } from '../../step/normalized-step.ts';
import type { CallFailure } from '../../step/results/failure.ts';
import { createStepProgress } from '../../step/step-progress.ts';
import type { DetectorSettings } from '../detector-settings.ts';
import { distinctCalls } from './repeated-call.ts';

type Seen = { steps: number[]; rounds: number[]; keys: number[]; hasFired: boolean };

const remembered = 32;

/**
 * The same canonical error again and again while the arguments vary (observer lesson 3: the blind spot of detectors that compare
 * calls). Where the call itself was wrong, quoted text, paths and numbers do not count, and calls that work in between end
 * nothing; where a program failed, the whole line counts, and a change of the code forgets it. Fires at
 * `malformedTimes` within `malformedWindow` rounds (arguments that can't work, unknown tools; the codebook of our labels asks for
 * two of one cause within a few steps), at `times` (other wrong calls, and one program call with the same
 * error, whatever else it prints) or `programTimes` (varied program calls) within `window` rounds; the user's words end every
 * streak.
 */
export function createRepeatedError(settings: DetectorSettings['repeated-error']): Detector {
  const wrongCalls = new Map<number, Seen>();
  const programs = new Map<number, Seen>();
  const hasProgress = createStepProgress();
  let round = 0;

  const observe = (call: NormalizedCall, failure: CallFailure, step: NormalizedStep) => {
    const id = idOf(call, failure);
    const entry = recall(failure.isWrongCall ? wrongCalls : programs, id, round, settings.window);
    entry.steps.push(step.index);
    entry.rounds.push(round);
    entry.keys.push(featuresOf(call).key);
    if (entry.hasFired || !isRepeated(failure, entry, settings)) return [];
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
      for (const call of step.calls) if (featuresOf(call).isChange) wrongCalls.delete(missedEdit(call));
      return distinctCalls(step).flatMap((call) => {
        const { failure, asksState, command } = featuresOf(call);
        // A server that is not there yet answers with the same error until it is; asking for help is not a failure.
        const isNone = failure === undefined || runsNothing(command) || (asksState && !failure.isWrongCall);
        return isNone ? [] : observe(call, failure, step);
      });
    },
  };
}

/**
 * Two are enough where nothing but the agent's own arguments can be at fault; a path or a text may be missed in good
 * faith.
 */
function isRepeated(
  failure: CallFailure,
  { rounds, keys }: Seen,
  settings: DetectorSettings['repeated-error'],
): boolean {
  if (!failure.isWrongCall) return rounds.length >= (isOneCall(keys) ? settings.times : settings.programTimes);
  if (!failure.isMalformed) return rounds.length >= settings.times;
  const first = rounds.at(-settings.malformedTimes);
  return first !== undefined && rounds.at(-1)! - first < settings.malformedWindow;
}

function idOf(call: NormalizedCall, failure: CallFailure): number {
  if (failure.kind === 'edit-mismatch' || failure.kind === 'edit-ambiguous') return missedEdit(call);
  return hashText(failure.isWrongCall ? `${call.name}:${failure.looseCause}` : failure.cause);
}

/** Edits that missed their place in one file are one error, until one of them hits. */
function missedEdit(call: NormalizedCall): number {
  return hashText(`missed edit: ${featuresOf(call).path ?? ''}`);
}

function isOneCall(keys: readonly number[]): boolean {
  return keys.every((key) => key === keys[0]);
}

/** The entry of an error, moved to the young end of the map, without the rounds that have left the window. */
function recall(entries: Map<number, Seen>, id: number, round: number, window: number): Seen {
  const entry = entries.get(id) ?? { steps: [], rounds: [], keys: [], hasFired: false };
  entries.delete(id);
  entries.set(id, entry);
  if (entries.size > remembered) entries.delete(entries.keys().next().value!);
  if (entry.rounds.length > 0 && round - entry.rounds.at(-1)! > window) entry.hasFired = false;
  while (entry.rounds.length > 0 && round - entry.rounds[0]! > window) {
    entry.steps.shift();
    entry.rounds.shift();
    entry.keys.shift();
  }
  return entry;
}

/** Programs may fail alike for a reason that is being looked for; a tool that refuses, or the same call again, says more. */
function confidenceOf(call: NormalizedCall, failure: CallFailure, entry: Seen): number {
  if (failure.isWrongCall) return 0.9;
  return isOneCall(entry.keys) ? 0.85 : call.act === 'shell' ? 0.6 : 0.8;
}

function describe(call: NormalizedCall, failure: CallFailure, step: NormalizedStep, entry: Seen) {
  return makeSignal({
    detector: 'repeated-error',
    class: failure.isWrongCall ? 'tool-call-failure' : 'infinite-loop',
    step: step.index,
    confidence: confidenceOf(call, failure, entry),
    evidenceSteps: lastSteps(entry.steps, 6),
    times: entry.rounds.length,
    evidence: `${call.name} failed ${entry.rounds.length} times with the same error (${failure.kind})`,
    streak: `${failure.looseCause.slice(0, 60)}:${entry.steps[0]}`,
  });
}
