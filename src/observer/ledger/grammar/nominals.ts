import { lookUp } from '../../../core/text/look-up.ts';
import type { ConstraintRule } from '../constraint.ts';
import { readCommand } from './command-words.ts';
import { readGit } from './git-words.ts';
import { readNoNewFiles, readOnlyChange, rulesOf, type Surroundings } from './objects.ts';
import { one, type Rules, readKept, readPassive } from './passive.ts';
import { type Act, readVerbs, type Verb } from './verbs.ts';

const readOnly: readonly ConstraintRule[] = [{ type: 'read-only' }];

const noneOf = /^(?:none of|not one of|no) (.+?)\s+(?:may|must|should|can|is to|are to) (be \w+)$/is;
const noun =
  /^no (?:(?:more|further|new|additional|extra|other|direct|code|file|actual|third.party|external|3rd.party|manual|auto|automatic|unnecessary|unrelated) )*(.+)$/is;
const places = /^(?:to|in|of|on|inside|under|below|within|for|at)\s+/i;
const nounsOfChange =
  /^(?:changes?|edits?|modifications?|alterations?|tweaks?|rewrites?|refactor(?:ing|ings|s)?|editing|touching|changing|modifying|updates?)\b\s*/i;
const nounsOfWork =
  /^(?:changes|edits|modifications|code|coding|fix(?:es)?|implementation|implementing|editing|code changes)$/i;
const nounsOfDeletion = /^(?:deletions?|deleting|removals?|removing)\b\s*(?:of\s+)?/i;
const nounsOfGit =
  /^(?:commits?|push(?:es)?|rebases?|merges?|tags?|amends?|amending|stash(?:es)?|squash(?:es)?|force.?push(?:es)?)\b/i;
const nounsOfWorkElsewhere: Readonly<Record<string, string>> = {
  deploys: 'deploy',
  deployments: 'deploy',
  deployment: 'deploy',
  releases: 'publish',
  release: 'publish',
  builds: 'build',
};

/** "No changes to x", "no new dependencies", "no commits", "no sudo". */
export function readNominal(clause: string, around: Surroundings): Rules {
  const kept = noneOf.exec(clause);
  if (kept !== null) return readPassive(`${kept[1]} must not ${kept[2]}`, around);
  const words = noun.exec(clause)?.[1]?.replace(/ (?:are |is )?(?:allowed|permitted|welcome|accepted)$/i, '');
  if (words === undefined) return undefined;
  if (nounsOfWork.test(words)) return readOnly;
  if (nounsOfGit.test(words)) return one(readGit(words));
  const acts = actNamedBy(words, clause);
  if (acts !== undefined) return rulesOf([acts.verbs], acts.object, around);
  return (
    readUnchanged(words, around) ??
    readInstalls(words) ??
    readNewThings(clause.replace(/^no /i, '')) ??
    readActing(words, around) ??
    readProgram(words)
  );
}

const dependency =
  /^(?:(?:npm|node) modules?|(?:(?:npm|pip|node|python|runtime) )?(?:dependenc(?:y|ies)|packages?|librar(?:y|ies)|libs?|deps?))$/i;

/** A noun that stands for an act with an object of its own: "no deletions", "no upgrades", "no new branches". */
function actNamedBy(
  words: string,
  clause: string,
): { readonly verbs: readonly Verb[]; readonly object: string } | undefined {
  const act = (name: Act, base: string, object: string) => ({ verbs: [{ act: name, base }], object });
  const work = lookUp(nounsOfWorkElsewhere, words.toLowerCase());
  if (work !== undefined) return act('work', work, '');
  const deleted = nounsOfDeletion.exec(words)?.[0];
  if (deleted !== undefined) return act('delete', 'delete', words.slice(deleted.length) || 'anything');
  if (/^(?:upgrades?|upgrading|version bumps?)$/i.test(words)) return act('upgrade', 'upgrade', 'anything');
  if (/^(?:prs?|pull requests?)$/i.test(words)) return act('open', 'open', words);
  if (/^branch(?:es)?$/i.test(words)) return act('create', 'create', words);
  // "No dependencies" may describe; "no new dependencies" does not.
  if (dependency.test(words) && !/^no \w+$/i.test(clause)) return act('install', 'install', words);
  return /^installs?$|^installing$/i.test(words) ? act('install', 'install', 'anything') : undefined;
}

/** "No changes to x", "no snapshot updates", "no production code". */
function readUnchanged(words: string, around: Surroundings): Rules {
  if (/^(?:production|source) code$/i.test(words)) return one(readKept(words));
  const named = /^(.+) (?:changes|edits|updates|modifications|rewrites)$/i.exec(words)?.[1];
  const rule = named === undefined ? undefined : (readKept(named) ?? readKept(`${named} files`));
  if (rule !== undefined) return [rule];
  const changed = nounsOfChange.exec(words)?.[0];
  if (changed === undefined || changed.length === words.length) return undefined;
  const rest = words.slice(changed.length);
  // What is not needed may still be done.
  if (/^(?:needed|necessary|required|expected)\b/i.test(rest)) return undefined;
  const outside = /^(?:outside|beyond)(?: of)?\s+(.+)$/i.exec(rest)?.[1];
  if (outside !== undefined) return one(readOnlyChange(outside));
  const object = rest.replace(places, '');
  const isInside = /^(?:in|inside|under|below|within)\s/i.test(rest);
  const change: readonly Verb[] = [{ act: 'change', base: 'change' }];
  return (isInside ? rulesOf([change], `files in ${object}`, around) : undefined) ?? rulesOf([change], object, around);
}

/** "No npm/yarn installs". */
function readInstalls(words: string): Rules {
  const programs = /^((?:(?:npm|pnpm|yarn|pip|bun)\W?)+) installs?$/i.exec(words)?.[1];
  return programs === undefined
    ? undefined
    : [{ type: 'no-command', commands: programs.split(/\W+/).map((name) => `${name} install`) }];
}

/** "No new files", "no extra documentation", "no markdown summary files": only where the words say that they would be made. */
function readNewThings(words: string): Rules {
  const isNew = /^(?:(?:new|more|extra|additional|other|unnecessary|further) )/i.test(words);
  const isDocument = /\b(?:summary|markdown|\.?md|report|documentation|readme)\b/i.test(words);
  return isNew || isDocument ? one(readNoNewFiles(words)) : undefined;
}

/** "No touching of index.html", "no pushing". */
function readActing(words: string, around: Surroundings): Rules {
  const found = readVerbs(words, ['gerund']);
  return found === undefined ? undefined : rulesOf(found.row, found.object.replace(/^of\s+/i, ''), around);
}

const gitWord = /^(?:checkouts?|resets?|clean|restore|reverts?)$/i;
const programAlone =
  /^(?:(?:git )?(?:checkouts?|resets?|clean|restore|reverts?|cherry.picks?)|rm|mv|(?:npm|npx|bun|pip|pip3|uv|poetry|make|yarn|pnpm|brew|apt|cargo|git|docker|sudo|gh|kubectl|terraform)(?: (?:commands?|operations?|stuff|calls?|[a-z-]+))?|docker compose|curl|wget|prettier|eslint|ssh|(?:e2e|end.to.end|integration|browser|playwright|cypress|smoke|performance|load) (?:tests?|suites?)|[`"'].+[`"'])$/i;

function readProgram(words: string): Rules {
  const each = words.split(/,\s*(?:(?:or|and)\s+)?|\s+(?:or|and|nor)\s+(?:no )?/i);
  if (!each.every((program) => programAlone.test(program) || /^--[a-z][\w-]*$/.test(program))) return undefined;
  const named = each
    .map((program) => (gitWord.test(program) ? `git ${program.replace(/s$/i, '')}` : program))
    .join(', ');
  const rule = readCommand(named.replace(/\s+(?:commands?|operations?|stuff|calls?|please)$/i, ''));
  // "No tests" may speak of writing them.
  return rule?.type === 'no-command' && rule.kind !== undefined && rule.commands.length === 0 ? undefined : one(rule);
}
