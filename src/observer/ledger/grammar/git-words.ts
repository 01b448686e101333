import type { ConstraintRule, GitVerb } from '../constraint.ts';
import { readFileSet } from './file-words.ts';

const gitVerbs: readonly (readonly [RegExp, GitVerb])[] = [
  [/^force.?push(?:es|ing)?/i, 'force-push'],
  [/^commit(?:s|ting)?/i, 'commit'],
  [/^push(?:es|ing)?/i, 'push'],
  [/^rebas(?:e|es|ing)/i, 'rebase'],
  [/^merg(?:e|es|ing)/i, 'merge'],
  [/^tag(?:s|ging)?/i, 'tag'],
  [/^amend(?:s|ing)?/i, 'amend'],
  [/^stash(?:es|ing)?/i, 'stash'],
  [/^stag(?:e|es|ing)/i, 'stage'],
  [/^squash(?:es|ing)?/i, 'squash'],
  [/^reset(?:s|ting)?/i, 'reset'],
  [/^cherry.pick(?:s|ing)?/i, 'cherry-pick'],
];
const wholeWork =
  /^(?:anything|everything|all|(?:any of )?(?:my|our|your) (?:stuff|things|files|local changes|uncommitted changes|work in progress|wip)|(?:to |in |on )?(?:this|the|my|our) (?:repo(?:sitory)?|branch|remote)|any (?:of (?:this|these|it|them)|changes|code|files|commits?)|it|this|that|them|these|those|(?:the|your|my|our|all|all the|these|those|any)? ?(?:changes|code(?: changes)?|work|results?|commits?|edits|fix|branch)|(?:a|the|any|this|my) (?:branch|prs?|pull requests?)|(?:a |any |the )?(?:releases?|versions?)|(?:anything|stuff) (?:away|back)|(?:the )?prs?|pull requests?|existing commits?|previous commits?|(?:anything )?to (?:the )?(?:remote|origin|github|upstream|git|server)(?: repo(?:sitory)?)?)$/i;
const toBranch =
  /^(?:(?:anything|changes|commits|code|it|this|(?:a|any|the|your) [\w/ -]{0,30}branch)\s+)?(?:(?:directly|straight)\s+)?(?:to|on|onto|into)\s+(?:the\s+)?(?:`|")?(?:origin\/)?(main|master|develop|trunk|production|release|[\w./-]*\/[\w./-]+|(?<=[`"])[\w./-]+)(?:`|")?(?: branch)?$/i;

/** Verbs of git in a list, and after the last one what they are about. */
export function readGit(words: string): ConstraintRule | undefined {
  const verbs: GitVerb[] = [];
  let rest = words.trim();
  for (;;) {
    const found = gitVerbs.find(([pattern]) => pattern.test(rest));
    if (found === undefined) break;
    if (!verbs.includes(found[1])) verbs.push(found[1]);
    rest = rest.replace(found[0], '');
    const next = /^\s*(?:,\s*(?:or|and|nor)?|\/|\b(?:or|and|nor)\b)\s*(?:git )?(?=\w)/i.exec(rest);
    if (next === null || !gitVerbs.some(([pattern]) => pattern.test(rest.slice(next[0].length)))) break;
    rest = rest.slice(next[0].length);
  }
  if (verbs.length === 0 || /^\w/.test(rest)) return undefined;
  const object = rest.trim();
  // What follows a comma is another matter: the verb stands alone.
  if (object.startsWith(',') && verbs.length > 0) return { type: 'no-git', verbs };
  if (object === '' || wholeWork.test(object)) return { type: 'no-git', verbs };
  const branch = toBranch.exec(object)?.[1];
  if (branch !== undefined && verbs.every((verb) => verb === 'push' || verb === 'force-push' || verb === 'rebase'))
    return { type: 'no-git', verbs, branch };
  const named = object
    .replace(/\s+(?:in)?to (?:git|the repo(?:sitory)?|version control|source control)$/i, '')
    .replace(/^docs?$/i, 'docs');
  const files = verbs.every((verb) => verb === 'commit' || verb === 'stage') ? readFileSet(named) : undefined;
  return files === undefined ? undefined : { type: 'no-git', verbs, files };
}
