import type { CheckedCall, Refusal } from '../../core/observer-port.ts';
import type { Signal } from '../../core/types.ts';
import type { Journal } from '../journal.ts';
import type { ObserverConfig } from '../observer-schema.ts';
import type { Policy } from '../policy/policy.ts';
import type { RuleFinding } from '../review/finding-history.ts';
import type { Guard } from './constraint-guard.ts';
import type { LossGuard } from './loss-guard.ts';

type Parts = {
  readonly config: Pick<ObserverConfig, 'detectors'>;
  readonly guard: Guard;
  readonly lossGuard: LossGuard;
  readonly policy: Policy;
  readonly journal: Journal;
  /** For the judge: what was found before the call acted. */
  readonly onFinding: (finding: RuleFinding) => void;
};

/**
 * Checks a call before it acts: the user's constraints, what could not be brought back, the ladder's refusal of an identical call. Everything
 * found is noted; it gives words for the model only where `mayRefuse`.
 */
export function createCallCheck({ config, guard, lossGuard, policy, journal, onFinding }: Parts) {
  function checkConstraints({ call, prepared: { targets } }: CheckedCall, step: number, mayRefuse: boolean) {
    const breach = guard.check(targets, step);
    guard.expect(call, targets);
    if (breach === undefined || config.detectors.constraint?.enabled === false) return undefined;
    const isRefused = breach.isFirm && mayRefuse;
    if (breach.isAgain) policy.seenAgain(breach.signal);
    else reportBreach(isRefused ? { ...breach.signal, isRefused } : breach.signal, breach.signal);
    return isRefused ? breach.refusal : undefined;
  }

  function reportBreach(decided: Signal, signal: Signal): void {
    journal.signal(signal);
    journal.decisions(policy.signal(decided));
    onFinding({ ...signal, evidence: `${signal.evidence}${decided.isRefused ? ' (the call was refused)' : ''}` });
  }

  function checkLoss({ prepared: { targets } }: CheckedCall, step: number): Refusal | undefined {
    if (config.detectors['user-work']?.enabled === false || policy.isPaused('unrequested-changes', 'user-work'))
      return undefined;
    const warning = lossGuard.check(targets, step);
    if (warning === undefined) return undefined;
    journal.signal(warning.signal);
    onFinding(warning.signal);
    const { signal: _, ...refusal } = warning;
    return refusal;
  }

  function checkRepetition({ call }: CheckedCall): Refusal | undefined {
    const output = policy.refuse(call);
    return output === undefined ? undefined : { output };
  }

  return (checked: CheckedCall, step: number, mayRefuse: boolean): Refusal | undefined => {
    const refusal = checkConstraints(checked, step, mayRefuse) ?? checkLoss(checked, step);
    return mayRefuse ? (refusal ?? checkRepetition(checked)) : undefined;
  };
}
