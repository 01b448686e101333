import type { Signal, Verdict } from '../../core/types.ts';
import type { ObserverConfig } from '../observer-schema.ts';
import { confidenceOf } from './certainty.ts';
import { hardConfidence, ruleOf } from './ladder.ts';

/** The confidence from which a rule's finding of this class stands by itself. */
export function requiredConfidence(config: Pick<ObserverConfig, 'classes'>, className: string): number {
  return config.classes[className]?.confidence ?? ruleOf(className).confidence;
}

/** The confidence from which a judge's finding of this class stands. */
export function requiredOfJudge(config: Pick<ObserverConfig, 'classes'>, className: string): number {
  return config.classes[className]?.confidence ?? confidenceOf(ruleOf(className).judged);
}

/** A strong signal as a verdict. */
export function verdictOf(signal: Signal, id: string): Verdict {
  return {
    id,
    category: signal.category,
    class: signal.class,
    source: 'detector',
    detector: signal.detector,
    confidence: signal.confidence,
    firstStep: Math.min(signal.step, ...signal.evidenceSteps),
    evidenceSteps: signal.evidenceSteps,
    evidence: signal.evidence,
    ...(signal.isRefused && { isRefused: true }),
    ...(signal.times !== undefined && { times: signal.times }),
    key: signal.key,
    atStep: signal.step,
  };
}

/** Hard: a broken instruction that the ledger quotes, or a loop beyond doubt. Neither waits for grace or cool-down. */
export function isHard(verdict: Verdict): boolean {
  if (verdict.source !== 'detector') return false;
  if (verdict.class === 'did-not-follow-instructions') return true;
  return verdict.class === 'infinite-loop' && verdict.confidence >= hardConfidence;
}
