/**
 * Keeps the latest answers of a pure reading, by the text that was read: `limit` of them at least, and twice as many at most. A text longer than
 * `maxLength` characters is read anew each time.
 */
export function rememberLatest<Answer>(
  limit: number,
  maxLength = 100_000,
): (text: string, read: () => Answer) => Answer {
  type Known = Map<string, { readonly answer: Answer }>;
  let latest: Known = new Map();
  let older: Known = new Map();
  return (text, read) => {
    if (text.length > maxLength) return read();
    const known = latest.get(text);
    if (known !== undefined) return known.answer;
    const kept = older.get(text) ?? { answer: read() };
    if (latest.size >= limit) {
      older = latest;
      latest = new Map();
    }
    latest.set(text, kept);
    return kept.answer;
  };
}
