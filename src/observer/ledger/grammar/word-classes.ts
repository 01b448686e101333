import type { ConstraintRule, FileSet, GitVerb } from '../constraint.ts';
import { pathsIn, readFileSet } from './file-words.ts';

/** Words that add nothing to what is forbidden. Past tenses and third persons are none of them: those describe. */
const filler = new Set(
  'a an the this that these those it them there here you your yours we us our ours me my mine and so but then also too just please now today really very ever still yet at all any anything everything whatever something things stuff thing file files folder folders directory content contents of in on to from under inside within with for by as into is are be being been get gets let us must should may can will shall need needs have has do does want wants would like rather prefer treat consider regard see whole entire part parts completely totally absolutely strictly definitely exactly like way how time being moment fully entirely whatsoever task session change pr work ok okay thanks both each every own'.split(
    ' ',
  ),
);
const negations = new Set('not no never nothing none neither nor zero nobody'.split(' '));
/** Alone they say that files stay as they are. */
const protecting = new Set(
  'untouched unchanged unmodified unedited unaltered intact frozen off-limits sacred sacrosanct taboo alone untouchable read-only readonly as-is immutable pristine exclude excluded excluding spare spared'.split(
    ' ',
  ),
);
/** With a negation in front. */
const changing = new Set(
  'change changes changed changing edit edits edited editing modify modified modifying modifications modification touch touched touching alter altered altering rewrite rewritten rewriting update updated updating refactor refactored refactoring affect affected appear diff commit show up scope business concern target tamper mess fiddle playing play hands fingers'.split(
    ' ',
  ),
);
const keeping = new Set(
  'keep kept leave left stay stays remain remains survive survives hold make sure ensure'.split(' '),
);
const orders = new Set(
  'must should shall need needs has have keep leave stay stays remain remains survive survives treat consider regard let exclude excluding spare make sure ensure hands want would please'.split(
    ' ',
  ),
);
const gitNouns: Readonly<Record<string, GitVerb>> = {
  commit: 'commit',
  commits: 'commit',
  committing: 'commit',
  push: 'push',
  pushes: 'push',
  pushing: 'push',
  rebase: 'rebase',
  rebases: 'rebase',
  rebasing: 'rebase',
  merge: 'merge',
  merges: 'merge',
  merging: 'merge',
  amend: 'amend',
  amending: 'amend',
  stash: 'stash',
  stashing: 'stash',
  squash: 'squash',
  squashing: 'squash',
};
const allowing = new Set(
  'fine ok okay allowed wanted welcome needed necessary required permitted good acceptable desired'.split(' '),
);

/** Whatever makes a sentence a question, a description, or something that holds only sometimes. */
const describes =
  /\?|\b(?:if|unless|until|when|whenever|while|except|only|without|before|after|because|since|than|did|was|were|had|would not have|should not have|must not have|could|might|nothing to|forget|does not|(?:do|should|must) not (?:have|need|want)|not (?:have|need) to|(?:not|never) (?:just|only|simply|merely|blindly|always|so|too)|(?:i|it|he|she|they|who|which|that|there) (?:do|does|can|could|will|must|should|may|has|have) not|(?:i|it|he|she|they) never|there (?:is|are) (?:no|not)|(?:has|have) (?:(?:not|never) )?(?:been )?(?:chang|edit|modifi|touch|alter|rewritten|updat|refactor|affect)\w*)\b|^(?:can not|cannot|to)\b|^(?:nothing|none)\b(?!.*\b(?:must|should|may|can|shall|to|gets?|will)\b)/i;

/**
 * The rule of a clause that no pattern fits, when each of its words is of a known class: exactly one set of files with words that protect
 * it ("the lockfile should not show up in the diff", "lib/old must survive this untouched"), or one act of git's that is not wanted ("pushes
 * are not"). A single word of no class, and it says nothing.
 */
export function readByClasses(clause: string): ConstraintRule | undefined {
  if (clause.length > 200 || describes.test(clause)) return undefined;
  const all = wordsOf(clause);
  if (!all.some((word) => negations.has(word) || protecting.has(word))) return undefined;
  const aboutGit = /[,;:]| but /.test(clause) ? undefined : readGitWords(all);
  // What is of no class must be within the words that name the files.
  if (aboutGit === undefined && !isWithinRun(clause)) return undefined;
  const { files, rest } = takeFiles(clause);
  if (files === undefined) return aboutGit;
  // What is not needed may still be done.
  if (/\b(?:needed|necessary|required|expected|need not)\b/i.test(clause)) return undefined;
  const words = wordsOf(rest);
  const count = (set: ReadonlySet<string>) => words.filter((word) => set.has(word)).length;
  if (!words.every(isKnown)) return undefined;
  const not = count(negations);
  // "All files in src/gen are unchanged" only describes.
  const protects = count(protecting) > 0 && not === 0 && words.some((word) => orders.has(word));
  const forbids = not === 1 && count(changing) > 0 && count(protecting) + count(keeping) === 0;
  return protects || forbids ? { type: 'no-change', files } : undefined;
}

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z]+(?:-[a-z]+)*|[^\sa-z,.!:;'’"“”()]+/g) ?? [];
}

function isKnown(word: string): boolean {
  return (
    filler.has(word) ||
    negations.has(word) ||
    protecting.has(word) ||
    changing.has(word) ||
    keeping.has(word) ||
    /^(?:out|away|off)$/.test(word)
  );
}

/** Whether all words of no class stand so close together that one run of words could be the name of files that holds them. */
function isWithinRun(clause: string): boolean {
  const words = clause.split(/\s+/);
  const isOpen = (word: string) => !wordsOf(word).every(isKnown);
  return words.findLastIndex(isOpen) - words.findIndex(isOpen) < longestRun;
}

function readGitWords(words: readonly string[]): ConstraintRule | undefined {
  const verbs = [...new Set(words.flatMap((word) => (Object.hasOwn(gitNouns, word) ? [gitNouns[word]!] : [])))];
  const known = (word: string) =>
    filler.has(word) || negations.has(word) || allowing.has(word) || Object.hasOwn(gitNouns, word);
  const not = words.filter((word) => negations.has(word)).length;
  // "The push fails, not the commit" is about something else.
  const isOrdered =
    words.some((word) => /^(?:no|zero|never|nobody|nothing)$/.test(word)) ||
    /\b(?:is|are|do|must|should|may|can|shall) not\b/.test(words.join(' '));
  return verbs.length > 0 && not === 1 && isOrdered && words.every(known) ? { type: 'no-git', verbs } : undefined;
}

function isCue(word: string): boolean {
  return protecting.has(word) || keeping.has(word) || negations.has(word) || (changing.has(word) && word !== 'diff');
}

/** The most words that are tried as the name of files. */
const longestRun = 8;

/** The one run of words that names files, longest first, and the clause without it. */
function takeFiles(clause: string): { readonly files: FileSet | undefined; readonly rest: string } {
  const words = clause.split(/\s+/);
  if (words.length > 30) return { files: undefined, rest: clause };
  for (let length = Math.min(words.length, longestRun); length > 0; length -= 1)
    for (let from = 0; from + length <= words.length; from += 1) {
      const run = words
        .slice(from, from + length)
        .join(' ')
        .replace(/[.,!:;]+$/, '');
      if (
        /^(?:and|or|in|of|on|to|from|is|are|not|no|as|with|for|under|inside)\b/i.test(run) ||
        run.toLowerCase().split(/\s+/).some(isCue)
      )
        continue;
      const files = readFileSet(run);
      if (files === undefined) continue;
      const rest = `${words.slice(0, from).join(' ')} ${words.slice(from + length).join(' ')}`;
      if (pathsIn(rest).length === 0) return { files, rest };
    }
  return { files: undefined, rest: clause };
}
