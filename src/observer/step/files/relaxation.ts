import type { Replacement } from './edit-texts.ts';

/** What an edit does to the expectations of a test. `changed`: another expectation of equal kind is there now. */
export type Relaxation = {
  readonly kind: 'skipped' | 'removed' | 'bound' | 'weaker' | 'silenced' | 'changed';
  readonly what: string;
  /** All lines that are gone. */
  readonly removed: readonly string[];
};

const skips =
  /@(?:pytest\.mark\.|unittest\.)?(?:skip|skipif|xfail|ignore|disabled|expectedfailure)\b|\b(?:it|test|describe|context)\.(?:skip|todo)\b|\b(?:xit|xdescribe|xtest)\(|\bpytest\.(?:skip|xfail)\(|\bself\.skipTest\(|#\[ignore\]|\b[tb]\.Skip\w*\(/i;
/** Expectations proper: what only sets a test up and stops it when that fails isn't one. */
const expectation =
  /^\s*assert\b|\bassert\w*[.(!]|\bexpect\w*\(|\.should\b|\b(?:require|assert)\.(?!NoError\b)\w+\(|\bt\.Errorf?\(|\bt\.Fatalf?\((?!"failed to|".*: %v", err|err)/;
const literalField =
  /^["'`]?\w+["'`]?\s*[:=]\s*(?:-?[\d.]+|["'`].*["'`]|true|false|\[.*\]|\{.*\}|\w+ \+ \d+),?(?:\s*(?:\/\/|#).*)?$/;
const logs = /\bt\.Logf?\(|\bconsole\.(?:log|warn)\(|\bprint(?:ln)?\(|\blogger?\.\w+\(/;
const comment = /^(?:\/\/|#|\/\*|\*|--)\s?/;
const bound =
  /(?:[<>]=?|\b(?:toBe)?(?:Greater|Less)(?:Than|OrEqual)\w*|\bbe(?:low|above|Within|CloseTo)\b|\btoBeCloseTo|\bassert(?:Greater|Less|AlmostEqual)\w*|\bInDelta|\bapprox\b|\btolerance\b|\btimeout\b)/i;
const strict =
  /\b(?:toBe|toEqual|toStrictEqual|assertEquals?|Equal|equals?|deepEqual|strictEqual|toHaveLength|Len)\(|===?|\bassert_eq!/;
const loose =
  /\b(?:toBeDefined|toBeTruthy|toContain|toMatch|toBeInstanceOf|assertTrue|assertIn|assertIsNotNone|NotNil|NotEmpty|Contains|True|ok)\(|\btoBe(?:Greater|Less)Than\w*\(|\bassert(?:Greater|Less)\w*\(|\s[<>]\s|\bnot\.(?:toBeNull|toBeUndefined|toThrow)\(|>=|<=|\bany\(|\.includes\(|!= ?(?:nil|null|None)\b|\bis not None\b/;

/** The lines that an edit takes out and puts in, trimmed, without those that only moved. */
type ChangedLines = { readonly removed: readonly string[]; readonly added: readonly string[] };

const known = new WeakMap<Replacement, ChangedLines>();

/** What an edit changes, by lines; read once an edit. */
export function changedLines(edit: Replacement): ChangedLines {
  const lines = known.get(edit) ?? compareLines(edit);
  known.set(edit, lines);
  return lines;
}

function compareLines({ before, after }: Replacement): ChangedLines {
  const old = linesOf(before);
  const fresh = linesOf(after);
  const left = countLines(fresh);
  const had = countLines(old);
  return { removed: old.filter((line) => !take(left, line)), added: fresh.filter((line) => !take(had, line)) };
}

/** Whether all that an edit takes out and puts in are comments. */
export function changesOnlyComments(edit: Replacement): boolean {
  const { removed, added } = changedLines(edit);
  const changed = [...removed, ...added];
  return changed.length > 0 && changed.every((line) => comment.test(line));
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map(withSingleSpaces)
    .filter((line) => line !== '');
}

function withSingleSpaces(line: string): string {
  const bare = line.trim();
  return /[^\S ]| {2}/.test(bare) ? bare.replace(/\s+/g, ' ') : bare;
}

function countLines(lines: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

function take(counts: Map<string, number>, line: string): boolean {
  const count = counts.get(line) ?? 0;
  if (count > 0) counts.set(line, count - 1);
  return count > 0;
}

/** How an edit of a test relaxes what the test expects; undefined when it does not: more, other or equal checks, or none concerned. */
export function findRelaxation(edit: Replacement): Relaxation | undefined {
  const { removed, added } = changedLines(edit);
  const newSkip = added.find((line) => skips.test(line));
  if (newSkip !== undefined && !removed.some((line) => skips.test(line)))
    return { kind: 'skipped', what: 'a test was skipped or marked as expected to fail', removed };
  const gone = removed.filter((line) => expectation.test(line) && !comment.test(line));
  const come = added.filter((line) => expectation.test(line) && !comment.test(line));
  if (gone.length === 0) return findLostFields(removed, added);
  const silenced = gone.filter((line) => isSilenced(line, added));
  if (silenced.length > 0) return { kind: 'silenced', what: 'a check was switched off', removed };
  if (come.length === 0 || come.length < gone.length)
    return { kind: 'removed', what: `${counted(gone.length - come.length, 'check')} taken out`, removed };
  for (const line of gone) {
    const twin = come.find((other) => withoutNumbers(other) === withoutNumbers(line));
    if (twin !== undefined && bound.test(line))
      return { kind: 'bound', what: 'the bound of a check was moved', removed };
    const weaker = come.find(
      (other) => subjectOf(other) === subjectOf(line) && strict.test(line) && loose.test(other) && !strict.test(other),
    );
    if (weaker !== undefined) return { kind: 'weaker', what: 'a check was made weaker', removed };
  }
  return come.length > gone.length
    ? undefined
    : { kind: 'changed', what: 'the expectation of a test was changed', removed };
}

/** Values that a test expects, taken out of a table or an object without anything in their place. */
function findLostFields(removed: readonly string[], added: readonly string[]): Relaxation | undefined {
  const plain = (line: string) => line.replace(/\s+/g, '');
  const kept = new Set(added.map(plain));
  const lost = removed.filter((line) => !comment.test(line) && !kept.has(plain(line)));
  const isOnlyLoss = lost.length > 0 && added.every((line) => removed.some((other) => plain(other) === plain(line)));
  if (!isOnlyLoss || !lost.every((line) => literalField.test(line))) return undefined;
  return { kind: 'removed', what: `${counted(lost.length, 'expected value')} taken out`, removed: lost };
}

/** The check is there still, but as a comment or as a line of a log. */
function isSilenced(line: string, added: readonly string[]): boolean {
  const quotedText = /["'`](.{8,200}?)["'`]/.exec(line)?.[1];
  return added.some(
    (other) =>
      (comment.test(other) && other.replace(comment, '').includes(line)) ||
      (quotedText !== undefined && logs.test(other) && other.includes(quotedText)),
  );
}

function withoutNumbers(line: string): string {
  return line.replace(/\d[\d._]*/g, '#');
}

/** What is looked at in a check: the first argument. */
function subjectOf(line: string): string {
  return /\(\s*([^,()]*(?:\([^()]*\))?)/.exec(line)?.[1]?.trim() ?? line;
}

function counted(count: number, noun: string): string {
  return count === 1 ? `one ${noun} was` : `${count} ${noun}s were`;
}
