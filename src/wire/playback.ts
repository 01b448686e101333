import type { Event } from '../core/event.ts';
import type { Step } from '../core/types.ts';

/** The events that a screen would have seen of these steps: what a resumed session shows of its past. */
export function playBack(steps: readonly Step[]): Event[] {
  return steps.flatMap((step) => {
    const events: Event[] = step.notes.map((note) => ({ type: 'note', note }));
    events.push({ type: 'request', step: step.index });
    if (step.reasoning) events.push({ type: 'reasoning', delta: step.reasoning });
    if (step.text) events.push({ type: 'text', delta: step.text });
    step.calls.forEach((call, index) => {
      const result = step.results[index];
      events.push({
        type: 'tool.start',
        callId: call.id,
        name: call.name,
        input: call.input,
        title: result?.view?.title ?? '',
      });
      if (result) events.push({ type: 'tool.end', callId: call.id, result });
    });
    events.push({ type: 'step', step });
    return events;
  });
}
