import type { CallFeatures } from '../features.ts';
import type { CallFailure } from './failure.ts';
import { normaliseResult, type ResultText } from './result-text.ts';

/**
 * Whether one and the same call, made twice, came to the same. Between two different calls a number may be what they differ in; here
 * what only counts the runs, names one run or measures it says nothing: fresh ids, counters of executions, durations and ages. Two
 * errors that only say the same in other words are one.
 */
export function isSameOutcome(left: CallFeatures, right: CallFeatures): boolean {
  if (left.result.isSame(right.result)) return true;
  if (left.failure !== undefined && right.failure !== undefined)
    if (isSameError(left.failure, right.failure, left.result.text, right.result.text)) return true;
  const [one, two] = [left.result, right.result];
  return Math.abs(one.text.length - two.text.length) <= maxDifferent && withoutRun(one) === withoutRun(two);
}

/** Ids and counters of a run are short: results of lengths this far apart differ in more. */
const maxDifferent = 80;
/** An error that is longer than this tells a story of its own, in which the differences count. */
const shortError = 500;
/** Share of the words of two errors that must be the same. */
const alikeShare = 0.5;

function isSameError(left: CallFailure, right: CallFailure, one: string, two: string): boolean {
  if (left.kind !== right.kind || one.length > shortError || two.length > shortError) return false;
  if (left.isWrongCall) return true;
  const [names, others] = [namesIn(one), namesIn(two)];
  if (names.size > 0 || others.size > 0) return names.size > 0 && others.size > 0 && isOneWithin(names, others);
  return shareOfWords(one, two) >= alikeShare;
}

/** What an error is about, whatever words are around it: what is quoted, and words that are names (ECONNREFUSED, ValueError, a_b, x.js). */
function namesIn(text: string): Set<string> {
  return new Set(
    text.match(/`[^`\n]+`|'[^'\n]+'|"[^"\n]+"|\b\w*(?:[a-z][A-Z]|[A-Z]{2}|\d|_|\w[./:]\w)[\w./:-]*/g) ?? [],
  );
}

function isOneWithin(one: ReadonlySet<string>, two: ReadonlySet<string>): boolean {
  const [small, large] = one.size <= two.size ? [one, two] : [two, one];
  return [...small].every((name) => large.has(name));
}

function shareOfWords(one: string, two: string): number {
  const [left, right] = [wordsOf(one), wordsOf(two)];
  const both = [...left].filter((word) => right.has(word)).length;
  const all = new Set([...left, ...right]).size;
  return all === 0 ? 1 : both / all;
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[a-z]{3,}/g) ?? []);
}

/** Words behind which a number counts or names the runs; a line, a page or a step of something is not such a count. */
const counted =
  '(?:attempts?|try|tries|retry|retries|runs?|rerun|exec|executions?|executed|iteration|invocation|invoked|calls?|requests?|round|pass|counter|count|seq|sequence|serial|nonce|tick|revision|job|task|session|trace|span|build|id|uuid|guid|pid|tid|port|uptime|elapsed|took)';

/** Counters, durations and ages, whatever the case of their words. */
const counters = new RegExp(
  [
    // The numbers that notebooks give to inputs.
    String.raw`\b(?:Cell )?(?:In|Out) ?\[\d+\]`,
    String.raw`\[(?:rerun|attempt|run)[: ]+\w+\]`,
    // A share that grows is progress.
    String.raw`\b${counted}(?:[ _-]?(?:id|no|nr|number|count))?["']?[ \t]*(?:[:=#]|no\.|nr\.)?[ \t]*["']?(?=[\w-]*\d)[\w-]+\b(?!\s*%)`,
    String.raw`\b\d+(?:st|nd|rd|th) ${counted}\b`,
    String.raw`\b\d+ (?:times|attempts|retries|runs|calls|requests|executions|iterations)\b`,
    String.raw`\b\d+(?:\.\d+)? ?(?:m|min|mins|minutes?|h|hrs?|hours?|days?|ns|msecs?|milliseconds?)\b(?: ago)?`,
    String.raw`\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):\d+`,
    String.raw`#\d+`,
  ].join('|'),
  'gi',
);

/** Ids by their looks: behind a prefix, in hex, in letters of both sizes with digits, or a long number. */
const ids =
  /\b[a-z]{2,10}[_-](?=[A-Za-z0-9]*\d)[A-Za-z0-9]{6,}\b|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,64}\b|\b(?=[A-Za-z0-9]*[a-z])(?=[A-Za-z0-9]*[A-Z])(?=[A-Za-z0-9]*\d)[A-Za-z0-9]{10,}\b|\b\d{9,}\b/g;

const known = new WeakMap<ResultText, string>();

/** A result without what belongs to one run only; read once a result. */
function withoutRun(result: ResultText): string {
  const text =
    known.get(result) ??
    normaliseResult(result.text, (part) => part.replace(counters, '').replace(ids, '').replace(/\s+/g, ' '));
  known.set(result, text);
  return text;
}
