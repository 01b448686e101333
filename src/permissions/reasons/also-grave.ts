import type { PartDecision } from '../decide-path.ts';

/** What else is grave in a call that asks, at most two sentences of it: a yes is for all of it. */
export function alsoGrave({ reason: first }: PartDecision, parts: readonly PartDecision[]): string[] {
  const others = parts
    .filter(({ ruling, gravity = 0, reason }) => ruling === 'ask' && gravity >= grave && reason !== first)
    .sort((left, right) => (right.gravity ?? 0) - (left.gravity ?? 0))
    .map(({ reason }) => reason.replace(/; mode \w+ asks first\.$/, '.'));
  // What several commands do together names each by its program.
  const isSaid = (other: string) =>
    first.startsWith(other.slice(0, -1)) ||
    first.includes(`(it leads to ${other.replace(/ (looks|lies|can) .*$/s, '')})`) ||
    first.includes(`, and \`${/^`([^ `]+)/.exec(other)?.[1]}\` `);
  return [...new Set(others)].filter((other) => !isSaid(other)).slice(0, 2);
}

/** Deleted files, read secrets, programs that nobody sees. */
const grave = 3;
