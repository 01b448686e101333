/** A piece of an account: what the user or a standing instruction says, a fact read by code, or a step of the agent's. */
export type Part = {
  readonly kind: 'words' | 'fact' | 'step';
  readonly tag?: string;
  readonly step?: number;
  readonly text: string;
  /** Of a step: what its calls gave. The text shows a part of it, and what came more than once is printed once. */
  readonly output?: string;
};

/** Where a quote is: in the user's words and instructions, and in which steps (or facts about them). */
export type FoundQuote = {
  readonly isInWords: boolean;
  /** In a line of the facts, which may speak of more steps than the one it stands for. */
  readonly isInFacts: boolean;
  readonly steps: readonly number[];
};

const minLength = 4;

/**
 * White space, case, quotation marks, marks of a change and the backslashes of JSON do not make a quote another one. A quote that the
 * account prints is also in the steps whose outputs hold it where the account cuts them or leaves them out as repeated.
 */
export function findQuote(parts: readonly Part[], quote: string): FoundQuote {
  const wanted = squeeze(quote);
  if (wanted.length < minLength) return { isInWords: false, isInFacts: false, steps: [] };
  const found = parts.filter(({ text }) => squeeze(text).includes(wanted));
  const again =
    found.length === 0 ? [] : parts.filter(({ output }) => output !== undefined && squeeze(output).includes(wanted));
  return {
    isInWords: found.some(({ kind }) => kind === 'words'),
    isInFacts: found.some(({ kind }) => kind === 'fact'),
    steps: [...new Set([...found, ...again].flatMap(({ step }) => (step === undefined ? [] : [step])))],
  };
}

function squeeze(text: string): string {
  return text
    .replace(/^[+-]/gm, '')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"')
    .replace(/\\[nrt]|\\|\s+/g, '')
    .replace(/[.…]+$/, '')
    .toLowerCase();
}
