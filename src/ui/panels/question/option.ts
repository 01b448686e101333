import type { ReactNode } from 'react';
import type { LineInput } from '../../input/line-input.ts';

/** One of a few answers. `input` lets the user add words or change the given ones before the answer is given. */
export type Option<Value> = {
  readonly label: string;
  /** Letters that give this answer, as its number does. */
  readonly keys: readonly string[];
  /** Where its number is another than its place: a no has the same one with and without the answer before it. */
  readonly number?: number;
  readonly input?: {
    readonly prompt: string;
    readonly initial: string;
    readonly isSecret?: boolean;
    /** Words for the model: they may have several lines. */
    readonly keepsLines?: boolean;
    /** The words are always shown to be changed; otherwise Tab does that. */
    readonly isAlwaysEdited?: boolean;
    /** The answer is given without words, unless Tab adds some. */
    readonly isOptional?: boolean;
    /** Says in a sentence what is wrong with the words so far; they can't be entered then. */
    readonly check?: (words: string) => string | undefined;
  };
  readonly answer: (words: string) => Value;
  /** It allows what the question is about, so that must have been seen. */
  readonly allows?: true;
  /** It only leads to another question: what was written for this one waits until it comes again. */
  readonly isWayBack?: true;
  /** Several may be chosen: its number or Space marks it, or takes the mark away, and Enter answers once one is marked. */
  readonly mark?: { readonly isOn: () => boolean; readonly flip: () => void };
  /** Words that are typed at the question are for this answer. */
  readonly takesWords?: true;
};

/** The numbers that answer, as a line of keys names them. */
export function numbersOf(options: readonly Option<unknown>[]): string {
  const numbers = options.map(({ number }, place) => number ?? place + 1);
  return numbers.at(-1) === options.length ? `1-${options.length}` : numbers.join(', ');
}

/** The words of an answer while they are written: which answer, what they are for, and the line. */
export type Writing = { readonly index: number; readonly prompt: string; readonly line: LineInput };

/** What is asked, and its answers. */
export type About<Value> = {
  readonly title: string;
  /** What the question is about; shown as far as there is room. */
  readonly body: ReactNode;
  /** Its end is shown, too, where there is not room for all: the end of a command may be the worst of it. */
  readonly showsEnd?: boolean;
  readonly options: readonly Option<Value>[];
  /** Selected at first. */
  readonly initial?: number;
  /** The first answer's words are written at once; Esc leads to the others. */
  readonly isWritten?: boolean;
  /** What was written for its answers when it was put before, by their place. */
  readonly lines?: Map<number, LineInput>;
  /** What was written for other questions that come again unless the user stops here. */
  readonly unsaidElsewhere?: () => readonly string[];
  /** Nothing is allowed before all of it was in sight, next to the answers or on its page. */
  readonly isSeenWhole?: boolean;
  /** Ctrl+O: shows everything that `body` had no room for; tells when all of it has been seen. */
  readonly openAll?: (onSeen: () => void) => void;
};

/** A question on the screen. */
export type Asked<Value> = About<Value> & {
  readonly onEscape: () => void;
  /** What Esc means, for the line of keys. */
  readonly escapeMeans: string;
  /** How many more wait behind this one. */
  readonly waiting?: () => number;
};
