import type { DeltaListener } from './collector.ts';

/**
 * The longest answer that is kept, in characters of text, reasoning and arguments together: about a million tokens, more than
 * any model gives. A server that goes on for ever is cut here, as if it had reached its own limit.
 */
export const maxAnswerLength = 4_000_000;

/** Gathers the words of an answer and passes each piece on at once. */
export function gatherAnswer(listener: DeltaListener) {
  const texts: string[] = [];
  const reasonings: string[] = [];
  let length = 0;
  const grow = (characters: number) => {
    if (length === 0 && characters > 0) listener.onBegin?.();
    length += characters;
  };
  return {
    addText: (delta: string) => {
      texts.push(delta);
      grow(delta.length);
      listener.onText(delta);
    },
    addReasoning: (delta: string) => {
      reasonings.push(delta);
      grow(delta.length);
      listener.onReasoning(delta);
    },
    /** All text so far was reasoning. */
    recast: () => {
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
