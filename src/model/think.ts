import type { DeltaListener } from './collect.ts';

const opening = '<think>';
const closing = '</think>';

/**
 * Some local servers stream a model's reasoning as text between <think> tags at the very start of an answer. Passes deltas on
 * as reasoning or text accordingly; text without such a start is passed on at once.
 */
export function createThinkSplitter(listener: DeltaListener): { push: (delta: string) => void; end: () => void } {
  let state: 'start' | 'thinking' | 'text' = 'start';
  let held = '';
  const settleStart = () => {
    const trimmed = held.trimStart();
    if (trimmed.length < opening.length && opening.startsWith(trimmed)) return;
    state = trimmed.startsWith(opening) ? 'thinking' : 'text';
    const rest = state === 'thinking' ? trimmed.slice(opening.length) : held;
    held = '';
    if (rest !== '') push(rest);
  };
  const think = () => {
    const end = held.indexOf(closing);
    if (end !== -1) {
      const rest = held.slice(end + closing.length).replace(/^\s+/, '');
      if (end > 0) listener.onReasoning(held.slice(0, end));
      state = 'text';
      held = '';
      if (rest !== '') listener.onText(rest);
      return;
    }
    const keep = partialTail(held);
    if (held.length > keep) listener.onReasoning(held.slice(0, held.length - keep));
    held = held.slice(held.length - keep);
  };
  const push = (delta: string) => {
    if (state === 'text') return listener.onText(delta);
    held += delta;
    if (state === 'start') settleStart();
    else think();
  };
  return {
    push,
    end: () => {
      if (held !== '') (state === 'thinking' ? listener.onReasoning : listener.onText)(held);
      held = '';
    },
  };
}

/** How many characters at the end of a text may be the beginning of the closing tag. */
function partialTail(text: string): number {
  for (let length = Math.min(closing.length - 1, text.length); length > 0; length -= 1) {
    if (closing.startsWith(text.slice(text.length - length))) return length;
  }
  return 0;
}
