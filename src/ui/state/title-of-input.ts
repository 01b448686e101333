import type { JsonObject } from '../../core/types.ts';

/** What a call is about, by the names that tools and servers give it. */
const main = ['command', 'path', 'file', 'file_path', 'pattern', 'query', 'url', 'question', 'description', 'prompt'];

/**
 * A call's title where its tool's is not known, as for one of a saved session that did not act: its main argument, else the first words
 * among its arguments.
 */
export function titleOfInput(input: JsonObject): string {
  const words = [...main.map((name) => input[name]), ...Object.values(input)];
  return words.find((value): value is string => typeof value === 'string' && value.trim() !== '') ?? '';
}
