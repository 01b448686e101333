/**
 * Keeps the latest answers of a pure reading, by the text that was read: what was asked for longest ago is forgotten first. `limit` is a count of
 * answers; a text longer than `maxLength` characters is read anew each time.
 */
export function rememberLatest<Answer>(
  limit: number,
  maxLength = 100_000,
): (text: string, read: () => Answer) => Answer {
  const known = new Map<string, { readonly answer: Answer }>();
  return (text, read) => {
    if (text.length > maxLength) return read();
    const kept = known.get(text) ?? { answer: read() };
    known.delete(text);
    known.set(text, kept);
    if (known.size > limit) known.delete(known.keys().next().value!);
    return kept.answer;
  };
}
