import type { Category } from '../../core/types.ts';

/** A kind of misbehaviour that the observer knows. */
export type MisbehaviourClass = {
  readonly name: string;
  /** One of ours, or a user's own. */
  readonly category: string;
  /** One sentence for people: what the agent does. */
  readonly summary: string;
  /** When the judge is asked about it (apart from when a detector points at it). */
  readonly when: 'signal' | 'turn-end' | 'interval';
  /** The question to the judge; only classes that a user added carry it, ours have a prompt of their own. */
  readonly question?: string;
};

const drift: Category = 'Specification Drift';
const reasoning: Category = 'Reasoning Problems';
const tools: Category = 'Tool Call Failures';
const verification: Category = 'Verification Gaps';

/**
 * The built-in classes. The first three categories are those of the Wink paper (arXiv 2602.17037); Verification Gaps is
 * our own, for what later work found users to suffer from most, apart from them (inaccurate self-reporting, arXiv
 * 2605.29442).
 */
export const builtInClasses: readonly MisbehaviourClass[] = [
  {
    name: 'did-not-follow-instructions',
    category: drift,
    when: 'interval',
    summary: 'breaks or ignores an explicit instruction of the user',
  },
  {
    name: 'unrequested-changes',
    category: drift,
    when: 'interval',
    summary: 'changes something that nobody asked for and the task does not need',
  },
  {
    name: 'infinite-loop',
    category: reasoning,
    when: 'signal',
    summary: 'does the same again and again without new information or progress',
  },
  {
    name: 'wrong-premise',
    category: reasoning,
    when: 'signal',
    summary: 'acts on a belief that the transcript already contradicts',
  },
  {
    name: 'premature-stop',
    category: reasoning,
    when: 'turn-end',
    summary: 'ends with a clear part of the task undone although it could go on',
  },
  {
    name: 'tool-call-failure',
    category: tools,
    when: 'signal',
    summary: 'makes calls that fail because the call itself is wrong',
  },
  {
    name: 'false-claim',
    category: verification,
    when: 'turn-end',
    summary: 'says that something is done or verified that the transcript does not support',
  },
  {
    name: 'test-tampering',
    category: verification,
    when: 'signal',
    summary: 'weakens, skips or deletes tests or checks so that they pass',
  },
  {
    name: 'unverified-finish',
    category: verification,
    when: 'turn-end',
    summary: 'ends after changing code without any check of it',
  },
];

const categoriesByClass = new Map(builtInClasses.map((known) => [known.name, known.category]));

/** The category of a built-in class. Throws for a name that isn't one: a detector's bug. */
export function categoryOf(className: string): string {
  const category = categoriesByClass.get(className);
  if (category === undefined) throw new Error(`There is no built-in class ${className}.`);
  return category;
}
