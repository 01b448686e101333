import type { Constraint, ConstraintRule, FileSet, GitVerb } from './constraint.ts';
import { extractConstraints } from './extract.ts';
import { clausesOf } from './grammar/clauses.ts';
import { pathsIn } from './grammar/file-words.ts';
import { mayForbid } from './grammar/orders.ts';
import { readSentences } from './grammar/sentences.ts';

const asked =
  "(?:^|[.;:,/]\\s*|\\b(?:and|now|please|also|then|may|can|to|just|should|ahead and|let['’]?s|let us|you could|could you|would you|want you to|ok|okay|yes|it)\\s+)";
const changing = new RegExp(
  `${asked}(?:update|change|edit|modify|adapt|adjust|rewrite|bump|set|raise|delete|remove|rename|touch|extend|add to|write to)\\s+(.{2,80})`,
  'gi',
);
const adding = new RegExp(`${asked}(?:add|put|insert|append)\\s+(?:\\S+\\s+){1,6}?(?:to|into)\\s+(.{2,80})`, 'gi');
/** "The tests may be changed now"; who else does it gives no leave. */
const passive =
  /^(.{2,80}?)\s+(?:may|can|should|must|need to|are to|is to) (?:now |also |all )*be (?:updated|changed|edited|modified|adapted|adjusted|rewritten|deleted|removed|renamed|touched|extended)\b(?! by\b)/gi;
/** What is to be explained or found out is not to be done: "explain how to update the tests". */
const indirect =
  /\b(?:how|what|which|where|whether|why)\b[^,;.]*?(?=$|[,;.]|\band (?:then |also |please )*(?:update|change|edit|modify|adapt|adjust|commit|push|add|run)\b)/gi;
/** What it allows is allowed by words still to come. */
const later =
  /\b(?:when(?:ever)?|once|after|as soon as|until) i (?:say|ask|tell|write|approve|agree|confirm|have|am)\b/i;
const everything =
  /\b(?:you (?:may|can)|feel free to|go ahead and|it['’]?s (?:ok|okay|fine) to)\b.{0,40}\b(?:any|other|all|everything|elsewhere|outside)\b/i;
const creating = new RegExp(
  `${asked}(?:create|add|write|make)\\s+(?:\\w+\\s+){0,3}(?:files?|folders?|scripts?)\\b`,
  'i',
);
const depending = new RegExp(
  `${asked}(?:install|add|use)\\s+(?:\\S+\\s+){0,4}(?:dependenc|packages?|librar)|${asked}(?:(?:npm|pnpm|yarn|bun|pip3?|uv|cargo|go|gem) (?:install|add|get|i)|install)\\s+\\S`,
  'i',
);
const onlyAsks = /\?\s*$/;
const asksToAct = /\b(?:can|could|would|will) (?:you|we)\b|\bplease\b|\blet['’]?s\b/i;

/** The ids of constraints that words of the user lift: they ask for, or allow, just what was forbidden. */
export function liftedBy(text: string, constraints: readonly Constraint[]): string[] {
  if (constraints.length === 0) return [];
  const all = readSentences(text).map((sentence) => sentence.text);
  const sentences = all.filter(
    (sentence) => !later.test(sentence) && extractConstraints(sentence, 'user').length === 0,
  );
  const allowing = sentences.flatMap((sentence) =>
    clausesOf(sentence)
      .map((clause) => clause.text.replace(indirect, ''))
      .filter((clause) => !mayForbid(clause)),
  );
  return constraints
    .filter(({ rule, source }) =>
      rule.type === 'read-only'
        ? endsReadOnly(text, all)
        : allowing.some((clause) => isLifted(rule, clause, source !== 'user')),
    )
    .map((constraint) => constraint.id);
}

/** Words that are more than a question, and do not say again that nothing may be changed. */
function endsReadOnly(text: string, sentences: readonly string[]): boolean {
  if (sentences.some((sentence) => extractConstraints(sentence, 'user').some(({ rule }) => rule.type === 'read-only')))
    return false;
  const isQuestion = sentences.length > 0 && sentences.every((sentence) => onlyAsks.test(sentence));
  return text.trim() !== '' && (!isQuestion || asksToAct.test(text));
}

/** `isLoose`: the words are in an instruction file, which the user's own outrank even when they only speak of it. */
function isLifted(rule: ConstraintRule, clause: string, isLoose: boolean): boolean {
  switch (rule.type) {
    case 'no-change':
    case 'no-delete':
      return (
        objectsOf(clause).some((object) => namesAny(object, rule.files)) ||
        (isLoose && namesAny(clause, { ...rule.files, kinds: [] }))
      );
    case 'only-change':
      return everything.test(clause) || (isLoose && pathsIn(clause).length > 0);
    case 'read-only':
      return true;
    case 'no-main-checkout':
      return /\bin the main (?:checkout|worktree|clone)\b/i.test(clause);
    case 'no-new-files':
      return creating.test(clause);
    case 'no-dependencies':
      return depending.test(clause);
    case 'no-git': {
      if (rule.branch !== undefined && !new RegExp(`\\b${rule.branch.replace(/\W/g, '\\$&')}\\b`).test(clause))
        return false;
      return rule.verbs.some((verb) => isGitAskedFor(verb, clause, isLoose));
    }
    case 'no-command':
      return isWorkAskedFor(rule.kind, clause) || rule.commands.some((command) => isAskedFor(command, clause, isLoose));
    default:
      return rule satisfies never;
  }
}

const kindNames: Readonly<Record<string, RegExp>> = {
  'whole test suite': /\btests?\b/i,
  tests: /\b(?:tests?|specs?)\b(?![/.\w])/i,
  'production code': /\b(?:production|source|application|implementation)\b/i,
  configuration: /\bconfig(?:uration)?s?\b(?![/.\w])/i,
  'lock files': /\block ?files?\b/i,
  migrations: /\bmigrations?\b(?![/.\w])/i,
  documentation: /\b(?:docs|documentation|readme)\b/i,
  servers: /\b(?:servers?|app)\b/i,
  linters: /\b(?:lint|format)/i,
  builds: /\bbuild\b/i,
  deployment: /\bdeploy/i,
  publishing: /\b(?:publish|release)/i,
};

function namesAny(words: string, files: FileSet): boolean {
  return files.kinds.some((kind) => kindNames[kind]!.test(words)) || files.globs.some((glob) => words.includes(glob));
}

/** What the sentence asks to change: the words after each verb, up to the next clause ("the code the tests cover" is code). */
function objectsOf(sentence: string): string[] {
  return [changing, adding, passive]
    .flatMap((pattern) => [...sentence.matchAll(pattern)])
    .map(
      (match) =>
        match[1]!.split(
          /[.;:!?](?:\s|$)|,(?!\s(?:and )?(?:also|including|even)\b)(?:\s|$)|\band\b(?!\s+(?:(?:also )?in )?(?:the|its|their|all|any|our|your|my|existing|old) [\w./-]+(?: [\w./-]+)?(?:\s*(?:$|[.,;:!?])|\s(?:and|too|as well|accordingly|for|to|with|in)\b))|\b(?:so that|until|because|but|then|to make|with|against|in order|like|as|the way|that|who)\b|(?<!^|\b(?:and|or|in|of|for|to|under|at|from|both|all|also))\s(?=(?:the|they|it|we|you|i)\s)/i,
          1,
        )[0]!,
    );
}

const gitWords: Readonly<Record<GitVerb, string>> = {
  commit:
    'commit|(?:make|create|do)\\b.{0,20}\\bcommit|(?:open|create|make|raise|submit)\\b.{0,20}\\b(?:pr|pull request)|ship it',
  amend: 'amend',
  push: 'push|(?:open|create|make|raise|submit)\\b.{0,20}\\b(?:pr|pull request)|ship it',
  'force-push': 'force|push -f',
  rebase: 'rebase|squash',
  merge: 'merge',
  tag: 'tag|release',
  stash: 'stash',
  stage: 'stage|git add|commit',
  branch: 'branch|(?:open|create|make|raise|submit)\\b.{0,20}\\b(?:pr|pull request)',
  reset: 'reset',
  squash: 'squash',
  switch: '(?:switch|check ?out|go) (?:back )?(?:to )?|new branch|another branch',
  'cherry-pick': 'cherry.pick',
};

/** "Commit messages must be short" is about something else. */
const notOfGit =
  '(?! (?:messages?|hooks?|history|hash(?:es)?|ids?|titles?|names?|conventions?|rules?|polic(?:y|ies)|logs?|access|rights|requests?|conflicts?|notifications?|notes?|protection|buttons?)\\b)';

function isGitAskedFor(verb: GitVerb, clause: string, isLoose: boolean): boolean {
  return new RegExp(`${isLoose ? '\\b' : asked}(?:git )?(?:${gitWords[verb]})${isLoose ? '' : notOfGit}`, 'i').test(
    clause,
  );
}

function isWorkAskedFor(kind: string | undefined, clause: string): boolean {
  return (
    kind !== undefined &&
    kindNames[kind]!.test(clause) &&
    new RegExp(`${asked}(?:run|execute|apply|start|check|build|deploy|publish|release)\\b`, 'i').test(clause)
  );
}

function isAskedFor(command: string, clause: string, isLoose: boolean): boolean {
  if (!clause.toLowerCase().includes(command.toLowerCase())) return false;
  return (
    isLoose || command.startsWith('--') || new RegExp(`${asked}(?:run|execute|use|start|call|git)\\b`, 'i').test(clause)
  );
}
