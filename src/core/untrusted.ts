const end = 'you have not trusted this repository; run `wink-agent trust` to trust it.';
const form = new RegExp(`^(.*) (?:is|are) ignored because .*${end.replaceAll('.', '\\.')}$`, 's');

/** The sentence on what a repository adds and the user has not trusted. `reason`: what it could do ("can run code"). */
export function ignoredUntrusted(what: string, verb: 'is' | 'are', reason?: string): string {
  const because = reason === undefined ? '' : `${verb === 'is' ? 'it' : 'they'} ${reason} and `;
  return `${what} ${verb} ignored because ${because}${end}`;
}

/** Puts all such sentences among others into one, in the place of the first. A single one stays as it is. */
export function joinIgnored(messages: readonly string[]): string[] {
  const ignored = messages.flatMap((message) => form.exec(message)?.[1] ?? []);
  if (ignored.length < 2) return [...messages];
  const joined = `Ignored because you have not trusted this repository: ${ignored.join('; ')}. \`wink-agent trust\` shows what they would do and asks.`;
  const first = messages.findIndex((message) => form.test(message));
  return [...messages.slice(0, first), joined, ...messages.slice(first).filter((message) => !form.test(message))];
}
