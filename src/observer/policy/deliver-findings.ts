import type { Verdict } from '../../core/types.ts';
import { type DecisionDraft, type Decisions, newDraft, suppress } from './decisions.ts';
import type { Escalation } from './escalation.ts';
import { ruleOf } from './ladder.ts';
import { joinOpenEpisode, type PolicyMemory } from './policy-memory.ts';
import { reasonOfStaleness } from './staleness.ts';
import type { WaitingFinding } from './waiting-findings.ts';

/** Findings that re-open a turn together. */
const maxAtTurnEnd = 3;

/** Says what waits, where it is still true, is wanted and is due. One per session. */
export type FindingDelivery = {
  /** Before step `nextStep`: the open episodes climb, and what is due opens one. */
  readonly deliver: (nextStep: number) => Decisions;
  /** The model called the turn done: some classes may re-open it, once. */
  readonly deliverAtTurnEnd: (nextStep: number) => Decisions;
  /** New words of the user: the turn that begins may be re-opened again. */
  readonly beginTurn: () => void;
  /** Nothing that waits is said any more. */
  readonly dropAll: (reason: string) => DecisionDraft;
};

export function createFindingDelivery(memory: PolicyMemory, escalation: Escalation): FindingDelivery {
  const { waiting, recent, lastStep } = memory;
  let hasReopened = false;

  const isHeld = (draft: DecisionDraft, entry: WaitingFinding, nextStep: number): boolean => {
    if (dropIfOver(memory, draft, entry)) return false;
    const heldFor = escalation.whyHeld(entry.verdict, nextStep);
    if (heldFor === undefined) escalation.open(draft, entry.verdict, recent, nextStep);
    else entry.heldFor = heldFor;
    return heldFor !== undefined;
  };

  return {
    deliver: (nextStep) => {
      const draft = startDraft(memory);
      escalation.climb(draft, lastStep(), nextStep);
      waiting.putBack(waiting.takeAll().filter((entry) => isHeld(draft, entry, nextStep)));
      return finishDraft(memory, draft, nextStep);
    },
    deliverAtTurnEnd: (nextStep) => {
      const draft = startDraft(memory);
      for (const entry of waiting.takeAll()) {
        const reason = whyNotReopened(entry.verdict, hasReopened, draft.reminders.length);
        if (reason !== undefined) suppress(draft, entry.verdict, lastStep(), reason);
        else if (!dropIfOver(memory, draft, entry)) escalation.open(draft, entry.verdict, recent, nextStep, true);
      }
      hasReopened ||= draft.reminders.length > 0;
      return finishDraft(memory, draft, nextStep);
    },
    beginTurn: () => {
      hasReopened = false;
    },
    dropAll: (reason) => {
      const draft = newDraft();
      for (const { verdict, heldFor } of waiting.takeAll())
        suppress(
          draft,
          verdict,
          lastStep(),
          heldFor === undefined ? reason : `held for ${heldFor}, and then ${reason}`,
        );
      return draft;
    },
  };
}

/** What was muted and is so no longer waits with the rest. */
function startDraft({ mutedFindings, mutes, waiting, lastStep }: PolicyMemory): DecisionDraft {
  for (const verdict of mutedFindings.take((entry) => !mutes.isPaused(entry, lastStep()), lastStep()))
    waiting.add(verdict);
  return newDraft();
}

function finishDraft({ remindedAt }: PolicyMemory, draft: DecisionDraft, nextStep: number): DecisionDraft {
  for (const reminder of draft.reminders) remindedAt.set(reminder.class, nextStep);
  return draft;
}

/** Drops a finding that nobody wants any more, that another one covers or that the agent has fixed meanwhile. */
function dropIfOver(memory: PolicyMemory, draft: DecisionDraft, { verdict, heldFor }: WaitingFinding): boolean {
  const { mutes, episodes, recent, dropped, lastStep } = memory;
  const reason = mutes.whyUnwanted(verdict, lastStep()) ?? joinOpenEpisode(memory, verdict);
  if (reason !== undefined) {
    suppress(draft, verdict, lastStep(), reason);
    return true;
  }
  const stale = reasonOfStaleness(verdict, recent);
  if (stale === undefined) return false;
  suppress(draft, verdict, lastStep(), heldFor === undefined ? stale : `held for ${heldFor}, and then ${stale}`);
  dropped.add(verdict, recent);
  draft.closed.push(episodes.close(episodes.open(verdict, recent), 'stale', Math.max(lastStep(), 0)));
  return true;
}

/** A turn is re-opened once, by all that is found at its end together. */
function whyNotReopened(verdict: Verdict, hasReopened: boolean, saidNow: number): string | undefined {
  const { mayReopen } = ruleOf(verdict.class);
  if (mayReopen === 'never' || (mayReopen === 'judged' && verdict.source !== 'judge'))
    return 'the model has ended its turn, and this class may not re-open it';
  if (hasReopened) return 'this turn was re-opened once already';
  return saidNow >= maxAtTurnEnd ? `${maxAtTurnEnd} findings re-open this turn already` : undefined;
}
