import type { Verdict } from '../../../core/types.ts';
import { featuresOf } from '../../step/features.ts';
import type { NormalizedCall, NormalizedStep } from '../../step/normalized-step.ts';
import { notRun } from '../../step/results/did-not-run.ts';

/**
 * Whether a step does what a reminder of this class asks for (prompts/reminders): to run a check, to take something back, to go on, to
 * find something new or finish in words; of a false claim its answer says it (claim-answer.ts). `hasLeft`: it moved on, and nothing of what was done wrong is left.
 */
export function doesWhatWasAsked(verdict: Pick<Verdict, 'class'>, step: NormalizedStep, hasLeft: boolean): boolean {
  switch (verdict.class) {
    case 'unverified-finish':
      return step.calls.some(isCheck);
    case 'wrong-premise':
      return step.calls.some((call) => isCheck(call) || (hasWorked(call) && featuresOf(call).isLook));
    case 'premature-stop':
      return step.calls.some((call) => hasRun(call) && call.act !== 'plan');
    case 'infinite-loop':
    case 'tool-call-failure':
      return hasLeft || isLastWord(step);
    case 'unrequested-changes':
      return step.calls.some(takesBack);
    default:
      return hasLeft;
  }
}

/** A check that came to a result, whatever it was. */
function isCheck(call: NormalizedCall): boolean {
  const { shell } = featuresOf(call);
  return hasRun(call) && (shell === 'test' || shell === 'run' || /test|diagnos|lint|check|build/i.test(call.name));
}

function takesBack(call: NormalizedCall): boolean {
  const { command, isChange } = featuresOf(call);
  if (!hasWorked(call)) return false;
  return command === undefined
    ? isChange
    : /\bgit\s+(?:checkout|restore|stash|revert|reset|clean)\b|(?:^|[;&|]\s*)rm\s/.test(command);
}

function isLastWord(step: NormalizedStep): boolean {
  return step.calls.length === 0 && step.text.trim() !== '';
}

function hasRun(call: NormalizedCall): boolean {
  return call.errorKind === undefined || !notRun.has(call.errorKind);
}

function hasWorked(call: NormalizedCall): boolean {
  return hasRun(call) && !call.isError;
}
