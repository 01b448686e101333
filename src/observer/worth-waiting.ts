import type { Step } from '../core/types.ts';
import { readGitClaims } from './step/claims/git-claims.ts';
import { claimsSuccess } from './step/claims/success-claims.ts';
import type { NormalizedStep } from './step/normalized-step.ts';

/**
 * Whether the end of the turn that the last step ends can show anything to a rule, so that it is worth waiting for: the turn called a
 * tool in a session that has worked (see `showsWork`), or it makes a claim about what was done.
 */
export function isWorthWaiting(steps: readonly Step[], hasWorked: boolean): boolean {
  const last = steps.at(-1);
  if (last === undefined || !steps.some(({ calls }) => calls.length > 0)) return false;
  const isWholeTurn = last.calls.length === 0 && last.notes.some(({ from }) => from === 'user');
  const mayShow = hasWorked && !isWholeTurn;
  return mayShow || last.text.split(/(?<=[.!?])\s+|\n/).some(claimsSuccess) || readGitClaims(last.text).length > 0;
}

/** Calls of which the last may be seen to repeat the others. */
const minCallsForLoop = 3;

/** Whether a call did more than read or search, or there were enough of them for a loop. */
export function showsWork(steps: readonly NormalizedStep[]): boolean {
  const calls = steps.flatMap((step) => step.calls);
  return calls.length >= minCallsForLoop || calls.some(({ act }) => act !== 'read' && act !== 'search');
}
