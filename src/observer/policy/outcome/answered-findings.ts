import type { Verdict } from '../../../core/types.ts';
import type { NormalizedStep } from '../../step/normalized-step.ts';
import type { OpenEpisode } from '../episodes.ts';

/** Steps after a reminder in which an answer to it is looked for. */
const answerSteps = 2;

/** Any character but the end of a sentence: a dot inside a name (`src/a.ts`) does not end one. */
const within = String.raw`(?:[^.\n]|\.(?=\w))`;

/** Reasons of somebody else's: whose things are, who asked for it, that it is not such a case. */
const othersReasons: readonly RegExp[] = [
  /\b(?:you|the user) (?:had )?(?:explicitly |just |also )?(?:asked|told|wanted|requested|approved|ordered|said|allowed|confirmed)\b/i,
  /\bas (?:you |the user )?(?:asked|requested|instructed|ordered|agreed)\b/i,
  new RegExp(
    String.raw`\b(?:that|this|the|these|those) [\w./${'`'}-]+(?: \w+)?${within}{0,40}\b(?:is|are|was|were|belongs? to)\b${within}{0,30}\b(?:the user(?:['’]s)?|yours?|intentional|deliberate|on purpose|out of scope|pre-?existing)\b`,
    'i',
  ),
  /\b(?:false alarm|does ?n[o'’]t apply|is ?n[o'’]t applicable|not applicable)\b/i,
];

/** The agent's own reason for leaving things as they are. */
const ownReason = new RegExp(
  String.raw`\bI(?: will not|['’]ll not| won['’]t| should not| must not| am not going to| cannot| can['’]t| leave| left| keep| kept)\b${within}{0,120}\b(?:because|since|as it|so that)\b`,
  'i',
);

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
      if (!open.some((episode) => isAbout(step, episode))) return [];
      const isOthers = othersReasons.some((reason) => reason.test(step.text));
      if (!isOthers && !ownReason.test(step.text)) return [];
      const answered = open.filter((episode) => isAbout(step, episode) && (isOthers || mayDecide(episode)));
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

/** Against the user's own words the agent's own reason doesn't count. */
function mayDecide({ verdict }: OpenEpisode): boolean {
  return verdict.detector !== 'constraint';
}

function isAbout({ index }: NormalizedStep, { symptom, remindedAtStep, presentAtStep }: OpenEpisode): boolean {
  if (symptom.seenBy !== 'signal' || remindedAtStep === undefined) return false;
  return index >= remindedAtStep && index < remindedAtStep + answerSteps && presentAtStep < index;
}
