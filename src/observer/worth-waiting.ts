import type { Step } from '../core/types.ts';
import { readGitClaims } from './step/claims/git-claims.ts';
import { claimsSuccess } from './step/claims/success-claims.ts';

/**
 * Whether the end of the turn that the last step ends can show anything to a rule, so that it is worth waiting for: the turn called a
 * tool, or it makes a claim about what earlier turns did.
 */
export function isWorthWaiting(steps: readonly Step[]): boolean {
  const last = steps.at(-1);
  if (last === undefined || !steps.some(({ calls }) => calls.length > 0)) return false;
  const isWholeTurn = last.calls.length === 0 && last.notes.some(({ from }) => from === 'user');
  return !isWholeTurn || last.text.split(/(?<=[.!?])\s+|\n/).some(claimsSuccess) || readGitClaims(last.text).length > 0;
}
