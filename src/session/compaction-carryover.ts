import type { Observer } from '../observer/observer.ts';

/** What a compaction must not lose besides its summary: constraints, open episodes, the list of things to do. */
export function describeCarryover(observer: Observer, todos: readonly { text: string; status: string }[]): string {
  const constraints = observer.ledger().map(({ quote }) => `- The user's constraint still holds: “${quote}”`);
  const episodes = observer.timeline().episodes.filter(({ outcome }) => outcome === undefined);
  return [
    ...constraints,
    ...episodes.map(
      (episode) => `- Still open: ${episode.class}, seen at steps ${episode.evidenceSteps.slice(-5).join(', ')}`,
    ),
    ...todos.map(({ text, status }) => `- To do (${status}): ${text}`),
  ].join('\n');
}
