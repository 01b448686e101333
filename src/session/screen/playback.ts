import type { Event } from '../../core/event.ts';
import type { Note, Step } from '../../core/types.ts';
import type { ObserverCard, SavedSession } from '../../store/load-session.ts';

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

/** A saved session as it is shown when it is taken up again; one whose last run was killed says so, since nothing else would. */
export function playBackSaved(
  saved: Pick<SavedSession, 'steps' | 'cards' | 'openNotes' | 'ended' | 'cutStep'>,
): Event[] {
  const { steps, cards, openNotes, ended, cutStep } = saved;
  const isUnanswered = openNotes.some(({ from }) => from === 'user');
  const isCutOff = isUnanswered || (ended === undefined && steps.length > 0);
  const last = steps.at(-1);
  const kept = cutStep ?? (last?.finish === 'cut' ? last : undefined);
  const lost = kept?.text ? 'its answer is kept as far as it came, a call' : 'an answer or a call';
  const message = `The last run of this session was cut off; ${lost} that was under way is lost. Say how to continue.`;
  return [...playBack(steps, cards, openNotes), ...(isCutOff ? [{ type: 'warning' as const, message }] : [])];
}
