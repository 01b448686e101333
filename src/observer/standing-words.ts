import { loadPrompt } from '../core/prompt.ts';
import type { Note } from '../core/types.ts';

/** Turns of the user's, and steps, after which their prohibitions are said again: about half of them are kept by then (arXiv 2604.20911). */
const turnsUntilFaded = 8;
const stepsUntilFaded = 80;
const maxWords = 10;

export type StandingWords = {
  /** At each drain, with the notes that are about to go to the model: the user's own prohibitions in their words, when they were last said long ago. */
  readonly take: (notes: readonly Note[], nextStep: number) => Note | undefined;
  /** They were just put before the model in another way: after a compaction. */
  readonly said: () => void;
};

/** `words` gives what the user forbade and did not lift, each in the words it was said in. */
export function createStandingWords(words: () => readonly string[]): StandingWords {
  /** By words: the turn and the step at which they last stood before the model. */
  const lastSaid = new Map<string, { turn: number; step: number }>();
  let turn = 0;
  let step = 0;

  return {
    take: (notes, nextStep) => {
      step = nextStep;
      if (notes.some(({ from }) => from === 'user')) turn += 1;
      const faded: string[] = [];
      for (const quote of words()) {
        const last = lastSaid.get(quote);
        if (last === undefined || notes.some(({ text }) => text.includes(quote))) lastSaid.set(quote, { turn, step });
        else if (turn - last.turn >= turnsUntilFaded || step - last.step >= stepsUntilFaded) faded.push(quote);
      }
      if (faded.length === 0) return undefined;
      const said = words().slice(0, maxWords);
      for (const quote of words()) lastSaid.set(quote, { turn, step });
      const listed = said.map((quote) => `“${quote}”`).join('\n');
      return {
        from: 'harness',
        text: loadPrompt('reminders/standing-words', { words: listed }),
        at: new Date().toISOString(),
      };
    },
    said: () => {
      for (const quote of words()) lastSaid.set(quote, { turn, step });
    },
  };
}
