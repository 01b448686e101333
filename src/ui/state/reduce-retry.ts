import type { Event } from '../../core/event.ts';
import { append, withLive } from './reduce-calls.ts';
import { type Item, idle, type View } from './view.ts';

/** The answer is asked again: what was only live vanishes, what had been printed waits to be matched with the new answer. */
export function retry(view: View, event: Extract<Event, { type: 'retry' }>, at: number): View {
  const pause = { attempt: event.attempt, reason: event.reason, until: at + event.waitMs };
  if (!event.discard) return withLive(view, { phase: 'waiting', retry: pause });
  const { text, printed } = view.live;
  return withLive(view, {
    phase: 'waiting',
    void: text.slice(0, printed),
    text: '',
    printed: 0,
    rest: idle.rest,
    reasoning: '',
    retry: pause,
  });
}

/**
 * After a retry: a new answer that begins with what the old one had printed is not printed twice; one that differs gets a line
 * that says that the part above is void.
 */
export function matchVoid(view: View, isComplete: boolean): View {
  const { void: old, text } = view.live;
  if (old === '') return view;
  if (text.startsWith(old)) return withLive(view, { printed: old.length, void: '' });
  if (!isComplete && old.startsWith(text)) return view;
  const notice: Item = {
    kind: 'notice',
    level: 'warn',
    text: 'The connection broke within the answer above; it was asked again, and what follows replaces it.',
  };
  return append(withLive(view, { void: '' }), notice);
}
