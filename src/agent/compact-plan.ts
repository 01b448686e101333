import { readCompactions, sizeOfStep } from '../core/context-size.ts';
import type { Trajectory } from '../core/types.ts';

/** Thinning throws away the provider's cache, so it must free at least this share of what the steps hold. */
const minGain = 0.15;

/** Thinning the output of all but the last `keepSteps` steps; undefined when it would free too little to be worth it. */
export function planThinning(
  trajectory: Trajectory,
  keepSteps: number,
  estimate: (characters: number) => number,
): { thinBefore: number; savedTokens: number } | undefined {
  const { fromStep, thinBefore: before } = readCompactions(trajectory.compactions);
  const thinBefore = trajectory.steps.length - keepSteps;
  let whole = 0;
  let saved = 0;
  for (const step of trajectory.steps.slice(fromStep)) {
    const size = sizeOfStep(step, step.index < before);
    whole += size;
    if (step.index < thinBefore) saved += size - sizeOfStep(step, true);
  }
  if (saved === 0 || saved < whole * minGain) return undefined;
  return { thinBefore, savedTokens: estimate(saved) };
}

/**
 * Which steps a summary replaces: all but the last `keepSteps`, and fewer are kept when these alone would take more than `keepTokens`;
 * one is always kept. undefined when there is nothing to replace.
 */
export function planSummary(
  trajectory: Trajectory,
  keepSteps: number,
  keepTokens: number,
  estimate: (characters: number) => number,
): { fromStep: number; freedTokens: number } | undefined {
  const { fromStep: before, thinBefore, summary } = readCompactions(trajectory.compactions);
  const sizes = trajectory.steps.map((step) => (step.index < before ? 0 : sizeOfStep(step, step.index < thinBefore)));
  let fromStep = trajectory.steps.length - 1;
  let kept = sizes[fromStep] ?? 0;
  while (fromStep > before && trajectory.steps.length - fromStep < keepSteps) {
    const size = sizes[fromStep - 1] ?? 0;
    if (estimate(kept + size) > keepTokens) break;
    kept += size;
    fromStep--;
  }
  if (fromStep <= before) return undefined;
  const freed = sizes.slice(before, fromStep).reduce((sum, size) => sum + size, summary.length);
  return { fromStep, freedTokens: estimate(freed) };
}
