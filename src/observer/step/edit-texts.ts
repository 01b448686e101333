import type { JsonObject } from '../../core/types.ts';
import { textArgument } from './argument-names.ts';
import type { NormalizedCall } from './normalized-step.ts';

/** One replacement of an edit. */
export type Replacement = { readonly before: string; readonly after: string };

/** The replacements of an edit, whatever agent's arguments they stand in, one or several in one call. */
export function replacementsOf(call: NormalizedCall): Replacement[] {
  const parts = [call.input.edits, call.input.replacements, call.input.changes].find(Array.isArray) ?? [call.input];
  return parts.flatMap((part: unknown) => (isObject(part) ? readReplacement(part) : []));
}

function readReplacement(input: JsonObject): Replacement[] {
  const before = textArgument(input, ['oldText', 'old_string', 'old_str', 'oldString', 'search', 'old']);
  const after = textArgument(input, ['newText', 'new_string', 'new_str', 'newString', 'replace', 'new']);
  return before === undefined || after === undefined ? [] : [{ before, after }];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
