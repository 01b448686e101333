import type { ConstraintRule } from './constraint.ts';
import { filePhrases } from './file-phrases.ts';
import { not } from './phrase.ts';
import { workPhrases } from './work-phrases.ts';

const phrases = [...filePhrases, ...workPhrases];

/** The rule that a clause states, when code understands all of it; undefined otherwise. */
export function readClause(clause: string): ConstraintRule | undefined {
  for (const { pattern, read } of phrases) {
    const match = pattern.exec(clause);
    const rule = match === null ? undefined : read((match.slice(1).find((words) => words !== undefined) ?? '').trim());
    if (rule !== undefined) return rule;
  }
  return undefined;
}

const prohibition = new RegExp(`^(?:${not}|leave )\\w`, 'i');

/** Whether a clause looks as if it forbids something, understood or not. */
export function mayForbid(clause: string): boolean {
  return prohibition.test(clause);
}

const pronoun = /^(?:.*\s)?(?:it|this|that|them|these|those)$/is;

/** Whether a clause speaks of a thing that was named before it: "never commit it". */
export function pointsBack(clause: string): boolean {
  return pronoun.test(clause);
}

/** A prohibition whose object is "those" or "it": the clause with the paths that are meant in its place. */
export function putInObject(clause: string, paths: readonly string[]): string | undefined {
  const match = /^(.*\s)(them|those|these|it|that|this|(?:those|these|that|this) files?)$/is.exec(clause);
  if (match === null || paths.length === 0) return undefined;
  const isSingular = /^(?:it|that|this)\b/i.test(match[2]!);
  if (isSingular && paths.length > 1) return undefined;
  return `${match[1]}${paths.map((path) => `\`${path}\``).join(', ')}`;
}
