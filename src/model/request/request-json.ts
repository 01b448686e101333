/** Half of a surrogate pair as JSON.stringify writes it; a pair that is whole it never escapes. */
const halfPair = /(?<!\\)((?:\\\\)*)\\ud[89a-f][0-9a-f]{2}/g;

/** A value as JSON for a request: half an emoji, which strict readers refuse, is replaced wherever it is. */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value);
  return json.includes('\\ud') ? json.replace(halfPair, '$1\ufffd') : json;
}
