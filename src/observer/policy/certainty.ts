/** How sure a judge says it is, in words with a plain meaning: what each stands for is said in prompts/judge/system.md. */
export const certainties = ['certain', 'likely', 'unsure'] as const;
export type Certainty = (typeof certainties)[number];

/** The same on the scale of the rules' findings. */
const confidences: Readonly<Record<Certainty, number>> = { certain: 0.9, likely: 0.75, unsure: 0.5 };

export function confidenceOf(certainty: Certainty): number {
  return confidences[certainty];
}
