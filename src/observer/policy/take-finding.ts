import type { Verdict } from '../../core/types.ts';
import { type Decisions, newDraft, suppress } from './decisions.ts';
import { joinOpenEpisode, keepMuted, type PolicyMemory } from './policy-memory.ts';
import { isFromBefore } from './staleness.ts';

/** Lets a finding that stands wait for the next request, unless there is a reason to say nothing of it. */
export function takeFinding(memory: PolicyMemory, verdict: Verdict): Decisions {
  const draft = newDraft();
  draft.verdicts.push(verdict);
  if (memory.mutes.isPaused(verdict, memory.lastStep())) keepMuted(memory, verdict);
  const reason = whyUnsaid(memory, verdict) ?? memory.waiting.add(verdict);
  if (reason !== undefined) suppress(draft, verdict, memory.lastStep(), reason);
  return draft;
}

function whyUnsaid(memory: PolicyMemory, verdict: Verdict): string | undefined {
  const { wrongKeys, answered, mutes, remindedAt, lastStep } = memory;
  if (wrongKeys.has(verdict.key)) return 'the user called it wrong';
  if (answered.isAnswered(verdict)) return 'the agent has given a reason for it';
  const unwanted = mutes.whyUnwanted(verdict, lastStep());
  if (unwanted !== undefined) return unwanted;
  if (isFromBefore(verdict, remindedAt.get(verdict.class)))
    return 'all its evidence is from before the last reminder about it';
  return joinOpenEpisode(memory, verdict);
}
