import type { Verdict } from '../../core/types.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import { describeSymptom, hasChange, isPresent, type Symptom } from './symptoms.ts';

/** Steps for which a dropped finding is remembered, and findings that are remembered at most. */
const rememberedSteps = 8;
const maxDropped = 16;

/** Findings that were not said because the agent seemed to have moved on: when the same comes back, they are said after all. */
export type DroppedFindings = {
  /** `recent`: the last finished steps, those that the finding is about among them. */
  readonly add: (verdict: Verdict, recent: readonly NormalizedStep[]) => void;
  /** A finished step: gives the findings that are back in it, each once. */
  readonly follow: (step: NormalizedStep) => readonly Verdict[];
};

type Entry = { readonly verdict: Verdict; readonly symptom: Symptom; readonly droppedAt: number };

/**
 * A detector reports a streak once, and would be silent while a run falls back into what it had left for a step or two. A loop that was
 * left by a change is over: its calls may then be made again.
 */
export function createDroppedFindings(): DroppedFindings {
  const entries = new Map<string, Entry>();
  return {
    add: (verdict, recent) => {
      const evidence = recent.filter((step) => verdict.evidenceSteps.includes(step.index));
      const symptom = describeSymptom(verdict.class, evidence);
      const since = recent.filter((step) => step.index > verdict.atStep);
      if (symptom.seenBy === 'signal' || since.some((step) => isOver(symptom, step))) return;
      entries.set(verdict.key, { verdict, symptom, droppedAt: recent.at(-1)?.index ?? verdict.atStep });
      if (entries.size > maxDropped) entries.delete(entries.keys().next().value!);
    },
    follow: (step) => {
      const back: Verdict[] = [];
      for (const [key, { verdict, symptom, droppedAt }] of entries) {
        const isBack = isPresent(symptom, step);
        if (isBack)
          back.push({ ...verdict, evidenceSteps: [...verdict.evidenceSteps, step.index], atStep: step.index });
        if (isBack || step.index - droppedAt >= rememberedSteps || isOver(symptom, step)) entries.delete(key);
      }
      return back;
    },
  };
}

function isOver(symptom: Symptom, step: NormalizedStep): boolean {
  return symptom.seenBy === 'calls' && hasChange(symptom, step);
}
