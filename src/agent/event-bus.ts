import { messageOf } from '../core/errors.ts';
import type { Emit, Event } from '../core/event.ts';

/** Hands each event to every listener, at once and in order. A listener that throws is dropped, and the others still get the event. */
export function createBus(): { emit: Emit; subscribe: (listener: (event: Event) => void) => () => void } {
  let listeners: ((event: Event) => void)[] = [];
  const emit: Emit = (event) => {
    for (const listener of listeners) {
      try {
        listener(event);
      } catch (error) {
        listeners = listeners.filter((other) => other !== listener);
        emit({
          type: 'warning',
          message: `A listener failed and was dropped: ${messageOf(error)}`,
        });
      }
    }
  };
  return {
    emit,
    subscribe: (listener) => {
      listeners = [...listeners, listener];
      return () => {
        listeners = listeners.filter((other) => other !== listener);
      };
    },
  };
}
