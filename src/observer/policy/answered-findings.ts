import type { Verdict } from '../../core/types.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import type { OpenEpisode } from './episodes.ts';

/** Steps after a reminder in which an answer to it is looked for. */
const answerSteps = 2;

/** Reasons for leaving things as they are: whose they are, who asked for it, why it will not be done, that it is no such case. */
const reasons: readonly RegExp[] = [
  /\b(?:you|the user) (?:had )?(?:explicitly |just |also )?(?:asked|told|wanted|requested|approved|ordered|said|allowed|confirmed)\b/i,
  /\bas (?:you |the user )?(?:asked|requested|instructed|ordered|agreed)\b/i,
  /\b(?:that|this|the|these|those) [\w./-]+(?: \w+)?\b[^.\n]{0,40}\b(?:is|are|was|were|belongs? to)\b[^.\n]{0,30}\b(?:the user(?:['’]s)?|yours?|intentional|deliberate|on purpose|out of scope|pre-?existing)\b/i,
  /\bI(?: will not|['’]ll not| won['’]t| should not| must not| am not going to| cannot| can['’]t| leave| left| keep| kept)\b[^.\n]{0,120}\b(?:because|since|as it|so that)\b/i,
  /\b(?:false alarm|does ?n[o'’]t apply|is ?n[o'’]t applicable|not applicable)\b/i,
];

/** Findings that the agent has answered with a reason: they are closed, and not said again. */
export type AnsweredFindings = {
  /** The open episodes that this step answers. */
  readonly follow: (step: NormalizedStep, open: readonly OpenEpisode[]) => readonly OpenEpisode[];
  readonly isAnswered: (verdict: Verdict) => boolean;
};

/** What the agent does shows a loop or a failing call whatever it says of it; of all else a reason may be a better one than ours. */
export function createAnsweredFindings(): AnsweredFindings {
  const answeredAt = new Map<string, number>();
  return {
    follow: (step, open) => {
      if (!reasons.some((reason) => reason.test(step.text))) return [];
      const answered = open.filter((episode) => isAbout(step, episode));
      for (const { keys } of answered) for (const key of keys) answeredAt.set(key, step.index);
      return answered;
    },
    isAnswered: (verdict) => {
      const at = answeredAt.get(verdict.key);
      // A judge's finding about later steps is another one, whatever it is called.
      return at !== undefined && (verdict.source === 'detector' || Math.max(...verdict.evidenceSteps) <= at);
    },
  };
}

function isAbout({ index }: NormalizedStep, { symptom, remindedAtStep, presentAtStep }: OpenEpisode): boolean {
  if (symptom.seenBy !== 'signal' || remindedAtStep === undefined) return false;
  return index >= remindedAtStep && index < remindedAtStep + answerSteps && presentAtStep < index;
}
