import type { Verdict } from '../../core/types.ts';
import { isHard } from './required-confidence.ts';

/** Findings that wait at most; more than these at once come from a fault, not from the agent. */
const maxWaiting = 32;

/** A finding that stands and is not said yet; `heldFor`: what it waits for. */
export type WaitingFinding = { readonly verdict: Verdict; heldFor?: string };

/** What stands and is still to be said. */
export type WaitingFindings = {
  /** Gives why there is no room for it; undefined: it waits now. */
  readonly add: (verdict: Verdict) => string | undefined;
  /** Takes all out, the hard and the certain first. */
  readonly takeAll: () => readonly WaitingFinding[];
  /** Puts what was taken out back in. */
  readonly putBack: (entries: readonly WaitingFinding[]) => void;
};

export function createWaitingFindings(): WaitingFindings {
  let waiting: WaitingFinding[] = [];
  return {
    add: (verdict) => {
      const reason = whyNoRoom(waiting, verdict);
      if (reason === undefined) waiting.push({ verdict });
      return reason;
    },
    takeAll: () => {
      const taken = waiting.sort(byStrength);
      waiting = [];
      return taken;
    },
    putBack: (entries) => {
      waiting.push(...entries);
    },
  };
}

function whyNoRoom(waiting: readonly WaitingFinding[], verdict: Verdict): string | undefined {
  const isKnown = waiting.some((other) => other.verdict.key === verdict.key && other.verdict.class === verdict.class);
  if (isKnown) return 'the same finding waits already';
  return waiting.length >= maxWaiting ? `more than ${maxWaiting} findings wait already` : undefined;
}

function byStrength(left: WaitingFinding, right: WaitingFinding): number {
  const hardFirst = Number(isHard(right.verdict)) - Number(isHard(left.verdict));
  return hardFirst || right.verdict.confidence - left.verdict.confidence;
}
