import type { ConstraintRule } from './constraint.ts';
import { pathsIn, readFileSet } from './grammar/file-words.ts';
import { readClause } from './grammar/orders.ts';
import { ordersChange } from './grammar/plain-words.ts';
import type { Sentence } from './grammar/sentences.ts';

const pronoun = /^(?:.*\s)?(?:it|this|that|them|these|those)(?: by hand)?$/is;

/** Whether a clause speaks of a thing that was named before it: "never commit it". */
export function pointsBack(clause: string): boolean {
  return pronoun.test(clause);
}

const withObject =
  /^(.*\s)(them|those|these|it|that|this|(?:those|these|that|this) files?)((?:\s+(?:by hand|alone|untouched|unchanged|as (?:it is|they are)))?)$/is;

/** A prohibition whose object is "those" or "it": the clause with the files that are meant in its place. */
function putInObject(clause: string, files: readonly string[]): string | undefined {
  const match = withObject.exec(clause);
  if (match === null || files.length === 0) return undefined;
  const isSingular = /^(?:it|that|this)\b/i.test(match[2]!);
  if (isSingular && files.length > 1) return undefined;
  return `${match[1]}${files.join(', ')}${match[3]}`;
}

/** "src/types.ts: do not touch": what is in front is what it is about. */
export function withLabel(clause: string, earlier: readonly string[]): string {
  const label = earlier.at(-1);
  if (label === undefined || !/^do not (?:touch|change|edit|modify|delete)$/i.test(clause)) return clause;
  return readFileSet(label) === undefined ? clause : `${clause} ${label}`;
}

/** "Do not touch those", after a list of nothing but files, or after words that name them. */
export function readMeant(clause: string, earlier: readonly string[], sentence: Sentence): readonly ConstraintRule[] {
  const place = /^(nothing) ((?:may|should|must|can) (?:be )?(?:changed?|edited|modified|touched)) there$/i.exec(
    clause,
  );
  const there = place === null ? [] : [...earlier, ...sentence.before].flatMap(pathsIn);
  if (place !== null && there.length === 1) return readClause(`nothing in ${there[0]} ${place[2]}`);
  const run = readMeantRun(clause, [...sentence.before, ...earlier].join('. '));
  if (run !== undefined) return run;
  if (!withObject.test(clause)) return [];
  const here = earlier.flatMap(filesSpokenOf);
  // "The code is right, don't change it": what is meant comes nearer than the sentence before.
  const before = earlier.some((words) => subject.test(words)) ? [] : sentence.before;
  const { isAfterList } = sentence;
  const files =
    here.length > 0
      ? here
      : isAfterList
        ? listedFiles(before).map((path) => `\`${path}\``)
        : before.flatMap(filesSpokenOf);
  // "Fix the typo in a.md, don't rewrite it" says how it is to be changed.
  if (inDegree.test(clause) && files.length > 0 && earlier.some(ordersChange)) return [];
  const whole = putInObject(clause, [...new Set(files)].slice(0, 30));
  // What was named is files: none of them is a branch that one pushes to.
  return whole === undefined
    ? []
    : readClause(whole).filter((rule) => rule.type !== 'no-git' || rule.branch === undefined);
}

/** "Pip is broken on this box", "I don't have docker". */
const namedProgram =
  /(?:^|[.,;] )(?:the |our |(?:i|we) do not have )?(npm|pip3?|yarn|pnpm|docker|bun|poetry|uv|cargo|brew|apt|kubectl|terraform|git|curl|wget|sed|grep|conda)\b(?: (?:is|are|does|has|can|will)\b[^.]*)?$/i;

/** "Write the migration but don't run it". */
function readMeantRun(clause: string, before: string): readonly ConstraintRule[] | undefined {
  const verb =
    /^(do not|never) (run|execut|start|apply|launch)(?:n?ing|e)? (?:it|them|this|that|all of them|any of them)$/i.exec(
      clause,
    );
  const program = /^(?:do not|never) (?:run|execut|call|us|invok)(?:n?ing|e)? (?:it|them|this|that)$/i.test(clause)
    ? namedProgram.exec(before)?.[1]
    : undefined;
  if (program !== undefined) return readClause(`do not run ${program.toLowerCase()}`);
  if (verb === null) return undefined;
  const named = [
    ...before.matchAll(
      /\b(migrations?|(?:dev )?servers?|test suite|(?:e2e|end.to.end|integration|browser|smoke|load) tests?|[\w./-]+\.(?:sh|py|js|ts|rb))\b/gi,
    ),
  ].at(-1)?.[1];
  if (named === undefined) return undefined;
  const rules = readClause(`do not run ${named}`);
  return rules.length > 0 ? rules : undefined;
}

const inDegree = /^(?:do not|never) (?:rewrit|replac|restructur|refactor|rework|reformat)\w* (?:it|them|that|this)$/i;

const subject =
  /^(?:.{0,60}, )?((?:the |my |our |these |those )?[^,]{2,60}?) (?:is|are|was|were|has|have|belongs?|comes?|lives?|gets?)\b/i;

/** What words speak of that is files: paths, or a kind of them ("the production code is fine"). */
function filesSpokenOf(words: string): string[] {
  const paths = pathsIn(words);
  if (paths.length > 0) return paths.map((path) => `\`${path}\``);
  const named = subject.exec(words)?.[1];
  if (named === undefined) return [];
  const bare = named.replace(/ itself$/i, '');
  return /^(?:the |my |our )?(?:source )?code$/i.test(bare) || readFileSet(bare) !== undefined ? [bare] : [];
}

/** The files of the list right above: its last items that are nothing but a file (with a mark of `git status` or not), when a line with a colon introduces them. */
function listedFiles(items: readonly string[]): string[] {
  const files: string[] = [];
  for (const item of items.toReversed()) {
    const set = readFileSet(item.replace(/^(?:[MADRCU?]{1,2}|modified:|new file:|deleted:)\s+/, ''));
    if (set === undefined || set.kinds.length > 0) return item.trimEnd().endsWith(':') ? files : [];
    files.unshift(...set.globs);
  }
  return files;
}
