import type { Event } from '../../core/event.ts';

/** What MCP servers say of their tools: it waits for a turn that goes on, since it is not a reason to ask the model once more. */
export function createToolNews(say: (text: string) => void) {
  const waiting: string[] = [];
  return {
    add: (text: string): void => {
      waiting.push(text);
    },
    listen: (event: Event): void => {
      if (event.type !== 'session.start' && (event.type !== 'step' || event.step.calls.length === 0)) return;
      for (const text of waiting.splice(0)) say(text);
    },
  };
}
