import type { Verdict } from '../../core/types.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import { describeSymptom, hasProgress, isPresent, type Symptom } from './symptoms.ts';

/** Findings that are remembered at most; the oldest is forgotten first. */
const maxMuted = 16;
/** Steps of evidence that a finding has when it is reminded of again. */
const maxEvidence = 8;

/** Findings that the user muted for a while: what still goes on when they are unmuted is not lost. */
export type MutedFindings = {
  /** `evidence`: the steps that the finding is about. */
  readonly add: (verdict: Verdict, evidence: readonly NormalizedStep[]) => void;
  /** Each finished step: does it go on? */
  readonly follow: (step: NormalizedStep) => void;
  /** Takes out what is wanted again; gives those that went on up to `lastStep`, with their latest steps as evidence. */
  readonly take: (isWanted: (verdict: Verdict) => boolean, lastStep: number) => readonly Verdict[];
};

type Entry = { readonly verdict: Verdict; readonly symptom: Symptom; steps: number[] };

/** A detector reports a streak once, so a finding that was muted would otherwise never come again while the streak lasts. */
export function createMutedFindings(): MutedFindings {
  const entries = new Map<string, Entry>();
  return {
    add: (verdict, evidence) => {
      const symptom = describeSymptom(verdict.class, evidence);
      entries.set(`${verdict.class} ${verdict.key}`, { verdict, symptom, steps: [...verdict.evidenceSteps] });
      if (entries.size > maxMuted) entries.delete(entries.keys().next().value!);
    },
    follow: (step) => {
      for (const [key, entry] of entries) {
        if (isPresent(entry.symptom, step)) entry.steps = [...entry.steps, step.index].slice(-maxEvidence);
        else if (hasProgress(entry.symptom, step)) entries.delete(key);
      }
    },
    take: (isWanted, lastStep) => {
      const taken: Verdict[] = [];
      for (const [key, { verdict, steps }] of entries) {
        if (!isWanted(verdict)) continue;
        entries.delete(key);
        const atStep = Math.max(verdict.atStep, ...steps);
        if (lastStep - atStep <= 1) taken.push({ ...verdict, evidenceSteps: steps, atStep });
      }
      return taken;
    },
  };
}
