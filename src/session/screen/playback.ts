import type { Event } from '../../core/event.ts';
import type { Note, Step } from '../../core/types.ts';
import type { ObserverCard } from '../../store/load.ts';

/** What a screen shows of a session's past: its steps whole (they hold their notes), the observer's cards where they stood, and words without an answer. */
export function playBack(
  steps: readonly Step[],
  cards: readonly ObserverCard[] = [],
  openNotes: readonly Note[] = [],
): Event[] {
  const past = steps.flatMap((step, index): Event[] => {
    const isLast = index === steps.length - 1;
    const before = cards.filter(({ steps: known }) => known === index);
    const after = isLast ? cards.filter(({ steps: known }) => known > index) : [];
    return [...before.map(({ event }) => event), { type: 'step', step }, ...after.map(({ event }) => event)];
  });
  return [...past, ...openNotes.map((note): Event => ({ type: 'note', note }))];
}
