import type { Event } from '../../core/event.ts';
import type { Note, Trajectory } from '../../core/types.ts';

/** All that the user has said in a session, as it grows. */
export function trackUserNotes(
  { steps }: Trajectory,
  subscribe: (listener: (event: Event) => void) => unknown,
): () => readonly Note[] {
  const notes = steps.flatMap((step) => step.notes.filter(({ from }) => from === 'user'));
  subscribe((event) => {
    if (event.type === 'note' && event.note.from === 'user') notes.push(event.note);
  });
  return () => notes;
}
