import type { JsonObject } from '../types.ts';

/** True for a JSON object: not null, not an array. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Deeper values than this nobody writes; functions that walk them would exhaust the stack. */
const deepestJson = 500;

/** Whether a text that should be JSON is nested deeper than anything sensible: brackets outside of strings are counted. */
export function isNestedTooDeeply(text: string): boolean {
  if (!hasManyBrackets(text)) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 92) at += 1;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 91 || code === 123) depth += 1;
    else if (code === 93 || code === 125) depth -= 1;
    if (depth > deepestJson) return true;
  }
  return false;
}

/** A quick look before: whether there are brackets enough, within strings or not. */
function hasManyBrackets(text: string): boolean {
  let count = 0;
  for (const bracket of ['{', '['])
    for (let at = text.indexOf(bracket); at !== -1; at = text.indexOf(bracket, at + 1)) {
      count += 1;
      if (count > deepestJson) return true;
    }
  return false;
}

/** Parses a text as JSON; undefined when it isn't one, or one that is nested too deeply to be handled. */
export function parseJson(text: string): unknown {
  if (text.length > 2 * deepestJson && isNestedTooDeeply(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The same for a file that people write: comments, and a comma after the last entry, are passed over. */
export function parseJsonWithComments(text: string): unknown {
  const bare = text.replace(/"(?:\\.|[^"\\])*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
    found[0] === '"' ? found : ' ',
  );
  const tidy = bare.replace(/"(?:\\.|[^"\\])*"|,(?=\s*[}\]])/g, (found) => (found[0] === '"' ? found : ''));
  return parseJson(tidy);
}
