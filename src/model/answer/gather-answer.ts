import type { DeltaListener } from './collector.ts';

/**
 * The longest answer that is kept, in characters of text, reasoning and arguments together: about a million tokens, more than
 * any model gives. A server that goes on for ever is cut here, as if it had reached its own limit.
 */
export const maxAnswerLength = 4_000_000;

/** Gathers the words of an answer. Pieces of one kind that came together are passed on as one, by `flush` or when another kind begins. */
export function gatherAnswer(listener: DeltaListener) {
  const texts: string[] = [];
  const reasonings: string[] = [];
  let length = 0;
  let held = '';
  let passOn = listener.onText;
  const grow = (characters: number) => {
    if (length === 0 && characters > 0) listener.onBegin?.();
    length += characters;
  };
  const flush = () => {
    const piece = held;
    held = '';
    if (piece !== '') passOn(piece);
  };
  const hold = (delta: string, pass: (piece: string) => void) => {
    if (pass !== passOn) flush();
    passOn = pass;
    held += delta;
    grow(delta.length);
  };
  return {
    addText: (delta: string) => {
      texts.push(delta);
      hold(delta, listener.onText);
    },
    addReasoning: (delta: string) => {
      reasonings.push(delta);
      hold(delta, listener.onReasoning);
    },
    flush,
    /** All text so far was reasoning. */
    recast: () => {
      flush();
      reasonings.push(...texts.splice(0));
      listener.onRecast?.();
    },
    /** Counts characters that are kept elsewhere (arguments of calls). */
    addLength: grow,
    text: () => texts.join(''),
    reasoning: () => reasonings.join(''),
    hasText: () => texts.length > 0,
    hasReasoning: () => reasonings.length > 0,
    hasBegun: () => length > 0,
    isTooLong: () => length > maxAnswerLength,
  };
}
