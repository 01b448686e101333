import type { ConstraintRule } from '../constraint.ts';
import { readFileSet } from './file-words.ts';
import { rulesOf, type Surroundings } from './objects.ts';
import { readVerb } from './verbs.ts';

/** What words give that are read as rules; undefined where they are not understood as a whole. */
export type Rules = readonly ConstraintRule[] | undefined;

/** One rule as the rules of a clause. */
export function one(rule: ConstraintRule | undefined): Rules {
  return rule === undefined ? undefined : [rule];
}

/** Files that stay as they are. */
export function readKept(words: string): ConstraintRule | undefined {
  const files = readFileSet(words);
  return files === undefined ? undefined : { type: 'no-change', files };
}

const participle = /^(?:be\s+|get\s+)?([a-z]+)(?:\s+(by hand|manually|directly|in any way|at all|either))?$/i;
const passive = /^(.+?)\s+(?:(?:must|should|may|can|shall|are|is) (?:not|never)|need not)(?: to)?\s+(.+)$/is;

/** "X must not be deleted by hand": the verb comes behind what it is about. */
export function readPassive(clause: string, around: Surroundings): Rules {
  const match = passive.exec(clause);
  if (match === null) return undefined;
  const [, subject = '', action = ''] = match;
  if (/^(?:you|we|i|he|she|they|agents?|there)$/i.test(subject)) return undefined;
  if (/^(?:it|this|that|these|those|(?:this|the|your) (?:work|change|branch|code))$/i.test(subject))
    return readHandOver(action, around);
  const isCodeOrAll = /^(?:nothing|everything|anything|it all)$/i.test(subject);
  if (isCodeOrAll) return undefined;
  if (/^change$/i.test(action)) return one(readKept(subject));
  const [, verb, how] = participle.exec(action) ?? [];
  if (verb === undefined || !/^(?:be|get)\s/i.test(action)) return undefined;
  const found = readVerb(verb, ['participle']);
  if (found === undefined || found.rest !== '') return undefined;
  return rulesOf(
    [found.verbs],
    how !== undefined && /hand|manually|directly/i.test(how) ? `${subject} by hand` : subject,
    around,
  );
}

/** "This must not be deployed": what hands the work over, of the work itself. */
function readHandOver(action: string, around: Surroundings): Rules {
  const found = readVerb(action.replace(/^(?:be|get)\s+/i, ''), ['participle']);
  const verbs = found?.verbs.filter(({ act }) => act === 'git' || act === 'work') ?? [];
  return found?.rest === '' && verbs.length > 0 ? rulesOf([verbs], 'it', around) : undefined;
}
