import type { Verdict } from '../../core/types.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import { createDroppedFindings, type DroppedFindings } from './dropped-findings.ts';
import type { Episodes } from './episodes.ts';
import { createMutedFindings, type MutedFindings } from './muted-findings.ts';
import type { Mutes } from './mutes.ts';
import { type AnsweredFindings, createAnsweredFindings } from './outcome/answered-findings.ts';
import { createWaitingFindings, type WaitingFindings } from './waiting-findings.ts';

/** Steps kept to look evidence up in; what is older can't be re-checked and counts as it was. */
const windowSteps = 64;

/** What the policy knows of a session: its steps, what was found in them and what became of that. */
export type PolicyMemory = {
  readonly episodes: Episodes;
  readonly mutes: Mutes;
  readonly waiting: WaitingFindings;
  readonly mutedFindings: MutedFindings;
  readonly dropped: DroppedFindings;
  readonly answered: AnsweredFindings;
  /** Keys of findings that the user called wrong. */
  readonly wrongKeys: Set<string>;
  /** By class: the step before which a reminder about it last stood. */
  readonly remindedAt: Map<string, number>;
  /** The last 64 steps. */
  readonly recent: readonly NormalizedStep[];
  readonly addStep: (step: NormalizedStep) => void;
  /** The index of the last finished step; -1 before the first. */
  readonly lastStep: () => number;
};

export function createPolicyMemory(episodes: Episodes, mutes: Mutes): PolicyMemory {
  const recent: NormalizedStep[] = [];
  return {
    episodes,
    mutes,
    waiting: createWaitingFindings(),
    mutedFindings: createMutedFindings(),
    dropped: createDroppedFindings(),
    answered: createAnsweredFindings(),
    wrongKeys: new Set(),
    remindedAt: new Map(),
    recent,
    addStep: (step) => {
      recent.push(step);
      if (recent.length > windowSteps) recent.shift();
    },
    lastStep: () => recent.at(-1)?.index ?? -1,
  };
}

/** A finding about an episode that is open says that the misbehaviour is still there; it is not said anew. Gives the reason for that. */
export function joinOpenEpisode({ episodes }: PolicyMemory, verdict: Verdict): string | undefined {
  const open = episodes.find(verdict);
  if (open === undefined) return undefined;
  episodes.recordRecurrence(open, verdict);
  return `belongs to episode ${open.id} (${open.verdict.class}), which is open`;
}

/** Keeps a finding that the user does not want to hear of for now, with the steps that show it. */
export function keepMuted({ recent, mutedFindings }: PolicyMemory, verdict: Verdict): void {
  const evidence = recent.filter((step) => verdict.evidenceSteps.includes(step.index));
  mutedFindings.add(verdict, evidence);
}
