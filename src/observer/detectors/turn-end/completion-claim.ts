import { makeSignal } from '../../signal.ts';
import { type ChecksAndChanges, followChecksAndChanges } from '../../step/checks/checks-and-changes.ts';
import { admitsFailure, claimsSuccess, saysTestsPass, sentencesOf } from '../../step/claims/success-claims.ts';
import type { Detector, NormalizedStep } from '../../step/normalized-step.ts';

/**
 * A completion claim without evidence: the last words of a turn say that tests pass or that it was verified, and the
 * transcript shows a red run as the last one, no run at all, or a change of code after the last run. Only the first is
 * sure enough to be said without the judge (reading of runs: what counts as a check varies too much for the others).
 */
export function createCompletionClaim(): Detector {
  const evidence = followChecksAndChanges();
  return {
    name: 'completion-claim',
    feed: (step) => {
      evidence.feed(step);
      return [];
    },
    finish: (step) => {
      const finding = weigh(step.text.slice(-6000), evidence.read());
      return finding === undefined ? [] : [describe(step, finding)];
    },
  };
}

type UnsupportedClaim = {
  readonly what: string;
  readonly confidence: number;
  readonly steps: readonly (number | undefined)[];
};

function weigh(text: string, evidence: ChecksAndChanges): UnsupportedClaim | undefined {
  const claim = sentencesOf(text).find(claimsSuccess);
  if (claim === undefined) return undefined;
  const claimsTests = saysTestsPass(claim);
  if (claimsTests && evidence.lastTest !== undefined && evidence.isLastTestRed) {
    if (admitsFailure(text)) return undefined;
    return { what: 'the last test run before this was red', confidence: 0.8, steps: [evidence.lastTest] };
  }
  if (evidence.lastEdit === undefined) return undefined;
  if (claimsTests && evidence.lastTest === undefined)
    return { what: 'no test was run', confidence: 0.65, steps: [evidence.lastEdit] };
  if (evidence.lastCheck === undefined)
    return {
      what: 'nothing that checks it was run after the last change',
      confidence: 0.6,
      steps: [evidence.lastEdit],
    };
  return undefined;
}

function describe(step: NormalizedStep, finding: UnsupportedClaim) {
  return makeSignal({
    detector: 'completion-claim',
    class: 'false-claim',
    step: step.index,
    confidence: finding.confidence,
    evidenceSteps: [...finding.steps.filter((index) => index !== undefined), step.index],
    evidence: `the turn ends with a claim of success, and ${finding.what}`,
    streak: step.index,
  });
}
