import { makeSignal } from '../signal.ts';
import { featuresOf } from '../step/features.ts';
import type { Detector, NormalizedCall } from '../step/normalized-step.ts';
import type { DetectorSettings } from './config.ts';

type Missed = { readonly rounds: number[]; readonly steps: number[]; hasFired: boolean };

const rememberedFiles = 64;

/**
 * Edits of one file that miss their text again, whatever text they look for: `times` within `window` rounds, no edit of that file
 * succeeding in between (the codebook of our labels: two failures of one cause within a few steps). To read the file again and miss again
 * means that something in it is not seen: tabs, line ends, a near twin.
 */
export function createMissedEdit(settings: DetectorSettings['missed-edit']): Detector {
  const missed = new Map<string, Missed>();
  let round = 0;

  const observe = (call: NormalizedCall, step: number) => {
    const file = fileOf(call);
    if (file === undefined) return [];
    const { failure } = featuresOf(call);
    if (!call.isError && failure === undefined) missed.delete(file);
    if (failure === undefined) return [];
    if (failure.kind !== 'edit-mismatch') return [];
    const entry = missed.get(file) ?? { rounds: [], steps: [], hasFired: false };
    missed.delete(file);
    missed.set(file, entry);
    if (missed.size > rememberedFiles) missed.delete(missed.keys().next().value!);
    if (entry.rounds.at(-1) === round) return [];
    while (entry.rounds.length > 0 && round - entry.rounds[0]! >= settings.window) {
      entry.rounds.shift();
      entry.steps.shift();
    }
    entry.rounds.push(round);
    entry.steps.push(step);
    if (entry.hasFired || entry.rounds.length < settings.times) return [];
    entry.hasFired = true;
    return [describe(file, entry.steps, step)];
  };

  return {
    name: 'missed-edit',
    feed: (step) => {
      if (step.calls.length === 0) return [];
      if (step.userTexts.length > 0) missed.clear();
      round += 1;
      return step.calls.filter(({ act }) => act === 'edit').flatMap((call) => observe(call, step.index));
    },
  };
}

/** The file that an edit is about, also one that is named only in a patch. */
function fileOf(call: NormalizedCall): string | undefined {
  const { path } = featuresOf(call);
  if (path !== undefined) return path;
  const patch = [call.input.patch, call.input.input, call.input.diff].find((value) => typeof value === 'string');
  return patch === undefined ? undefined : /^(?:\+\+\+ |\*\*\* Update File: )(?:b\/)?(\S+)/m.exec(String(patch))?.[1];
}

function describe(file: string, steps: readonly number[], step: number) {
  return makeSignal({
    detector: 'missed-edit',
    class: 'tool-call-failure',
    step,
    confidence: 0.8,
    evidenceSteps: [...steps],
    evidence: `${steps.length} edits of ${file.replace(/^.*\//, '').slice(-100)} did not find their text`,
    streak: `${file.slice(-100)}:${steps[0]}`,
  });
}
