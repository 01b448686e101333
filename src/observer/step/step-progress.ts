import { featuresOf } from './features.ts';
import type { NormalizedStep } from './normalized-step.ts';

const remembered = 64;

/**
 * Tells whether a step moved the work on: a change that succeeded and that was not among the last 64 changes already,
 * or words of the user. The same edit made again is not progress.
 */
export function createStepProgress(): (step: NormalizedStep) => boolean {
  const changes = new Set<number>();
  return (step) => {
    let isProgress = step.userTexts.length > 0;
    for (const call of step.calls) {
      const { isChange, key } = featuresOf(call);
      if (!isChange) continue;
      if (!changes.has(key)) isProgress = true;
      changes.delete(key);
      changes.add(key);
      if (changes.size > remembered) changes.delete(changes.values().next().value!);
    }
    return isProgress;
  };
}
