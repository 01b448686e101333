import { lastSteps, makeSignal } from '../../signal.ts';
import { featuresOf } from '../../step/features.ts';
import { hashText } from '../../step/hash.ts';
import type { Detector, NormalizedCall, NormalizedStep } from '../../step/normalized-step.ts';
import type { DetectorSettings } from '../detector-settings.ts';

/**
 * Edits to one file over and over with the same red test: the same check fails in the same way `times` times in a row,
 * and before each of them the same file was changed. Another failure, a pass or another file is movement and starts
 * anew.
 */
export function createRedTest(settings: DetectorSettings['red-test']): Detector {
  let failure = 0;
  let file: string | undefined;
  let edited: string | undefined;
  let steps: number[] = [];
  let hasFired = false;

  const restart = (next: number, step: number) => {
    failure = next;
    file = edited;
    steps = next === 0 ? [] : [step];
    hasFired = false;
  };

  const observeCheck = (call: NormalizedCall, step: NormalizedStep) => {
    const next = fingerprintOf(call);
    if (next === 0 || next !== failure || edited === undefined || edited !== file) {
      if (next !== failure || edited !== undefined) restart(next, step.index);
      edited = undefined;
      return [];
    }
    edited = undefined;
    steps.push(step.index);
    if (hasFired || steps.length < settings.times) return [];
    hasFired = true;
    return [describe(step, steps, file!)];
  };

  return {
    name: 'red-test',
    feed: (step) => {
      if (step.isLossy) return [];
      return step.calls.flatMap((call) => {
        const { isChange, path, shell } = featuresOf(call);
        if (isChange && path !== undefined) edited = path;
        return shell === 'test' ? observeCheck(call, step) : [];
      });
    },
  };
}

/** What failed in a check: the lines that name failures, without numbers; 0 for a check that passed. */
function fingerprintOf(call: NormalizedCall): number {
  if (!call.isError) return 0;
  const lines = call.output
    .slice(-6000)
    .split('\n')
    .filter((line) =>
      /\b(?:FAIL(?:ED)?|ERROR|Error:|AssertionError|Exception|panicked|✗|✕|not ok|expected)\b/.test(line),
    )
    .slice(-12);
  if (lines.length === 0) return 0;
  return hashText(`${featuresOf(call).command ?? ''}\n${lines.join('\n').replace(/\d+/g, '#')}`);
}

function describe(step: NormalizedStep, steps: readonly number[], file: string) {
  return makeSignal({
    detector: 'red-test',
    class: 'infinite-loop',
    step: step.index,
    confidence: 0.75,
    evidenceSteps: lastSteps(steps, 6),
    evidence: `the same check failed in the same way ${steps.length} times, each time after another edit of ${file.slice(-80)}`,
    streak: steps[0]!,
  });
}
