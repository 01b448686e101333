import type { Signal } from '../core/types.ts';
import { categoryOf } from './classes/taxonomy.ts';

/** A signal of a built-in class. `streak` tells one streak of a detector from the next. */
export function makeSignal(parts: {
  detector: string;
  class: string;
  step: number;
  confidence: number;
  evidenceSteps: readonly number[];
  evidence: string;
  times?: number;
  isRefused?: boolean;
  streak: string | number;
}): Signal {
  const { streak, ...rest } = parts;
  return { ...rest, category: categoryOf(parts.class), key: `${parts.detector}:${streak}` };
}

/** The last `count` of a list of step indexes, each once. */
export function lastSteps(steps: readonly number[], count: number): number[] {
  return [...new Set(steps.slice(-count))];
}
