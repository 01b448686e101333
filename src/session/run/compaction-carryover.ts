import type { Observer } from '../../observer/observer.ts';

/** What a compaction must not lose in addition to its summary: constraints, open episodes, the list of things to do. */
export function describeCarryover(observer: Observer, todos: readonly { text: string; status: string }[]): string {
  const constraints = standingWords(observer).map(({ quote, source }) =>
    source.startsWith('user')
      ? `- The user's words still hold: “${quote}”`
      : `- This of ${source} still holds: “${quote}”`,
  );
  const episodes = observer.timeline().episodes.filter(({ outcome }) => outcome === undefined);
  return [
    ...constraints,
    ...episodes.map(
      (episode) => `- Still open: ${episode.class}, seen at steps ${episode.evidenceSteps.slice(-5).join(', ')}`,
    ),
    ...todos.map(({ text, status }) => `- To do (${status}): ${text}`),
  ].join('\n');
}

/** What was forbidden, in the words it was said in, each once: the user's own first. */
function standingWords(observer: Observer): { readonly quote: string; readonly source: string }[] {
  const all = [...observer.ledger(), ...observer.advice()];
  const own = all.filter(({ source }) => source.startsWith('user'));
  const others = observer.ledger().filter(({ source }) => !source.startsWith('user'));
  return [...new Map([...own, ...others].map((each) => [each.quote, each])).values()];
}
