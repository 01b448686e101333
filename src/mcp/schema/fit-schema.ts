import { isObject } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import { mergeForms } from './alternatives.ts';
import { repairNode } from './repair-node.ts';
import { restoreNames, type SchemaScope } from './scope.ts';

/** A tool's arguments as every provider takes them. */
export type FittedSchema = {
  /** An object schema without references, combinators at its top, unknown types or lists without items. */
  readonly schema: JsonObject;
  /** What the schema said that its repaired form can't, in a sentence for the model; empty when nothing was lost. */
  readonly note: string;
  /** What was wrong with it, in words for the user. */
  readonly repairs: readonly string[];
  /** A call's arguments as the server wants them. */
  readonly restore: (input: JsonObject) => JsonObject;
};

/** About 6,000 tokens: more than any honest tool's arguments need. */
const maxCharacters = 24_000;
const maxNodes = 2_000;
const attempts = [
  { deepest: 12, hasDescriptions: true },
  { deepest: 5, hasDescriptions: true },
  { deepest: 3, hasDescriptions: true },
  { deepest: 3, hasDescriptions: false },
  { deepest: 1, hasDescriptions: false },
] as const;

/**
 * Makes a server's schema one that OpenAI, Anthropic, Google, Moonshot and local templates all accept. They refuse different things
 * (alternatives at the top, lists without items, references, boolean or untyped properties, names with odd letters), and one tool that
 * is refused takes the whole request with it.
 */
export function fitSchema(given: unknown): FittedSchema {
  const root = isObject(given) ? given : {};
  let fitted = fitOnce(root, attempts[0]);
  for (const bounds of attempts.slice(1)) {
    if (JSON.stringify(fitted.schema).length <= maxCharacters) break;
    fitted = fitOnce(root, bounds);
    fitted.repairs.add('too large');
  }
  if (!isObject(given)) fitted.repairs.add('no schema');
  const { schema, scope, note, repairs } = fitted;
  return {
    schema,
    note,
    repairs: [...repairs],
    restore: (input) => {
      const restored = restoreNames(input, scope.renamed);
      return isObject(restored) ? restored : input;
    },
  };
}

function fitOnce(root: JsonObject, bounds: Pick<SchemaScope, 'deepest' | 'hasDescriptions'>) {
  const scope: SchemaScope = { root, ...bounds, nodes: maxNodes, repairs: new Set(), renamed: new Map() };
  const { merged, alternatives } = mergeForms(root, scope, []);
  if (alternatives.length > 0) scope.repairs.add('alternatives at the top');
  const { type: _, ...rest } = repairNode({ ...merged, type: 'object', description: undefined }, scope, 0, []);
  const schema = { type: 'object', ...rest };
  const note = alternatives.length > 1 ? `Give one of: ${alternatives.join('; or ')}.` : '';
  return { schema, scope, note, repairs: scope.repairs };
}
