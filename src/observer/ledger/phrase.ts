import type { ConstraintRule } from './constraint.ts';

/** A way of saying it, for a whole clause; `read` takes the words that name what is meant, and gives undefined when they are not understood as a whole. */
export type Phrase = { readonly pattern: RegExp; readonly read: (object: string) => ConstraintRule | undefined };

/** The beginning of a prohibition, up to its verb. */
export const not =
  "(?:(?:you|agents?)\\s+)?(?:do not|don['’]?t|never|must not|mustn['’]?t|should not|shouldn['’]?t|may not|cannot|can['’]?t|are not allowed to|not allowed to|let['’]?s not|avoid|refrain from)\\s+(?:(?:ever|even|actually|just|under any circumstances|in any way|directly)\\s+)?";

/** A pattern for a whole clause. */
export function all(body: string): RegExp {
  return new RegExp(`^${body}$`, 'is');
}
