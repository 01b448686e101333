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

type Saved = Pick<SavedSession, 'steps' | 'cards' | 'openNotes' | 'ended' | 'endError' | 'cutStep'>;

/**
 * A saved session as it is shown when it is taken up again; what went wrong with its last run is said at the end, since no step shows it, and before
 * it what is left behind of it.
 */
export function playBackSaved(saved: Saved, leftBehind: readonly string[] = []): Event[] {
  const end = describeEnd(saved);
  const words = [...leftBehind, ...(end === undefined ? [] : [end])];
  const past = playBack(saved.steps, saved.cards, saved.openNotes);
  return [...past, ...words.map((message): Event => ({ type: 'warning', message }))];
}

/** How the last run ended, unless it ended well. */
function describeEnd({ steps, openNotes, ended, endError, cutStep }: Saved): string | undefined {
  const isUnanswered = openNotes.some(({ from }) => from === 'user');
  if (ended === 'aborted') return 'The last run of this session was interrupted. Say how to continue.';
  if (ended !== undefined)
    return endError && `The last run of this session ${ended === 'error' ? 'failed' : 'was stopped'}: ${endError}`;
  if (steps.length === 0 && !isUnanswered) return undefined;
  const last = steps.at(-1);
  const kept = cutStep ?? (last?.finish === 'cut' ? last : undefined);
  const lost = kept?.text ? 'its answer is kept as far as it came, a call' : 'an answer or a call';
  return `The last run of this session was cut off; ${lost} that was under way is lost. Say how to continue.`;
}
