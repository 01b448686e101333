import { hashText } from '../hash.ts';

const normalisedEnd = 1500;
/** Normalising takes away times and ids, never so much that results of lengths this far apart become the same. */
const maxRemoved = 600;

const volatile =
  /\u001b\[[\d;]*[A-Za-z]|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|\b0x[0-9a-f]{4,}\b|\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d)?(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)?|\b\d{1,2}:\d\d:\d\d(?:[.,]\d+)?\b|\b\d+(?:\.\d+)? ?(?:ms|s|sec|secs|seconds|µs|us)\b|\/tmp\/[\w./+-]+|\/var\/folders\/[\w./+-]+|\bpid[ =:]*\d+|\r/gi;

/** A result that can be compared with others; normalised only when somebody asks. */
export type ResultText = {
  /** The same but for ids, times, durations, colours and temporary names. */
  readonly isSame: (other: ResultText) => boolean;
  readonly text: string;
  readonly hash: () => number;
};

/** Makes a result comparable. */
export function resultText(text: string): ResultText {
  let hashed: number | undefined;
  const hash = () => {
    hashed ??= hashText(normaliseResult(text));
    return hashed;
  };
  const isSame = (other: ResultText) =>
    text === other.text ||
    (Math.abs(text.length - other.text.length) <= maxRemoved &&
      !differsPlainly(text, other.text) &&
      hash() === other.hash());
  return { text, hash, isSame };
}

/** Characters around a difference in which an id, time or duration that explains it would be; a path may be longer. */
const around = 64;
const pathLength = 300;

/**
 * A cheap look before both texts are normalised: whether they differ first at a place that has nothing to do with ids, times and
 * temporary names. False where that isn't known.
 */
function differsPlainly(left: string, right: string): boolean {
  const shorter = Math.min(left.length, right.length);
  let at = 0;
  while (at < shorter && left.charCodeAt(at) === right.charCodeAt(at)) at += 1;
  return at < shorter && isPlain(left, at) && isPlain(right, at);
}

function isPlain(text: string, at: number): boolean {
  if (/\s/.test(text[at]!) || text.slice(Math.max(0, at - around), at + around).search(volatile) !== -1) return false;
  return !/\/(?:tmp|var\/folders)\//.test(text.slice(Math.max(0, at - pathLength), at));
}

/**
 * A result without what changes by itself from call to call: colours, ids, addresses, dates, times, durations,
 * temporary names. Of a long one only the first and the last 1,500 characters are gone through; the middle is kept as
 * it is. `further`: what else is taken out of the parts that are gone through.
 */
export function normaliseResult(output: string, further: (part: string) => string = (part) => part): string {
  const clean = (part: string) => further(part.replace(volatile, ''));
  if (output.length <= 2 * normalisedEnd) return clean(output).trim();
  const [head, tail] = [clean(output.slice(0, normalisedEnd)), clean(output.slice(-normalisedEnd))];
  return `${head}${output.slice(normalisedEnd, -normalisedEnd)}${tail}`;
}
