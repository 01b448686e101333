import type { Evidence } from '../../core/completion.ts';
import { isOfKind } from '../ledger/files.ts';
import { readGitCommand } from '../shell/program-words.ts';
import { isOfNamedKind, isTelling, wordsOf } from './read-names.ts';
import type { Requirement } from './requirement.ts';
import type { CommandRun, FileChange, TurnRecord } from './turn-record.ts';

/** What the record shows of one requirement. `others`: what else was asked for, whose files and words prove nothing here. */
export function findEvidence(
  requirement: Requirement,
  others: readonly Requirement[],
  record: TurnRecord,
): { readonly evidence: readonly Evidence[]; readonly unchanged: readonly string[] } {
  const actions = [...findChecks(requirement, record), ...findGit(requirement, record)];
  const isAction = requirement.check !== undefined || requirement.git !== undefined || requirement.commands.length > 0;
  const files = isAction && requirement.files.length === 0 ? [] : findFiles(requirement, others, record);
  const changed = (path: string) => record.changes.some((change) => isSameFile(change.path, path));
  return {
    evidence: [...files, ...actions],
    unchanged: isAction ? [] : requirement.files.filter((path) => !changed(path)),
  };
}

/** Whether a changed path is the file that was named, which may be named by its end. */
export function isSameFile(path: string, named: string): boolean {
  const [left, right] = [path.toLowerCase(), named.toLowerCase()];
  return left === right || left.endsWith(`/${right}`) || (left.includes('/') && right.endsWith(`/${left}`));
}

function findFiles(requirement: Requirement, others: readonly Requirement[], record: TurnRecord): Evidence[] {
  const shared = (path: string) => others.some(({ files }) => files.some((file) => isSameFile(path, file)));
  const found = new Map<string, { changes: FileChange[]; words: Set<string> }>();
  const add = (change: FileChange, words: readonly string[]) => {
    const known = found.get(change.path) ?? { changes: [], words: new Set<string>() };
    known.changes.push(change);
    for (const word of words) known.words.add(word);
    found.set(change.path, known);
  };
  for (const change of record.changes) {
    const isNamed = requirement.files.some((file) => isSameFile(change.path, file));
    const names = matchNames(requirement, others, change);
    if (isNamed && (names.length > 0 || !shared(change.path))) add(change, names);
    else if (requirement.files.length > 0) {
      if (names.length > 0 && !isNamed && requirement.names.some((name) => names.includes(name))) add(change, names);
    } else if (requirement.kinds.length > 0) {
      if (isOfNamedKind(change.path, requirement) && fitsKind(requirement, others, change, names)) add(change, names);
    } else if (names.length > 0) add(change, names);
  }
  return [...found].map(([path, { changes, words }]) => ({
    kind: 'file',
    path,
    change: changes.at(-1)!.how === 'deleted' ? 'deleted' : changes[0]!.how,
    steps: [...new Set(changes.map(({ step }) => step))].filter((step) => step >= 0),
    words: [...words].slice(0, 4),
  }));
}

/** "Add tests for X": a test that speaks of X; where nothing else was asked about tests and no name is given, any test. */
function fitsKind(
  { names, kinds, words }: Requirement,
  others: readonly Requirement[],
  { path }: FileChange,
  found: readonly string[],
): boolean {
  if (found.length > 0) return true;
  if (names.length > 0 || words.length > 4) return false;
  return !others.some((other) => other.kinds.some((kind) => kinds.includes(kind) && isOfKind(path, kind)));
}

/** The names and words of a requirement that stand in the lines of a change; empty when they prove nothing. */
function matchNames(requirement: Requirement, others: readonly Requirement[], change: FileChange): string[] {
  const lines = `${change.path}\n${change.added}\n${change.removed}`;
  const isOwn = (name: string) => !others.some((other) => other.names.includes(name));
  const names = requirement.names.filter((name) => isOwn(name) && holdsName(lines, name));
  // A single plain word (`invoke`, `model`) stands in many changes.
  if (names.some(isTelling) || names.length >= 2) return names;
  const details = requirement.details.filter(
    (name) =>
      !others.some((other) => other.names.includes(name) || other.details.includes(name)) && holdsName(lines, name),
  );
  if (details.length >= 2) return details.slice(0, 3);
  if (requirement.names.length > 0) return [];
  return matchWords(requirement, others, change);
}

/**
 * Words prove less than names: at least two that no other requirement has, and more than half of all its words, in the new lines and the
 * path of one change, one of them in the lines.
 */
function matchWords({ text, words, kinds }: Requirement, others: readonly Requirement[], change: FileChange): string[] {
  if (!editing.test(text)) return [];
  // Words of a test or a page may speak of what was never done.
  if (namedKinds.some((kind) => isOfKind(change.path, kind) && !kinds.includes(kind))) return [];
  const own = words.filter((word) => !others.some((other) => other.words.includes(word)));
  if (own.length < 2) return [];
  const inLines = wordsOfChange(change);
  const inPath = new Set(wordsOf(change.path));
  const matched = own.filter((word) => inLines.has(word) || inPath.has(word));
  const isEnough =
    matched.length >= 2 && matched.length * 2 > words.length && matched.some((word) => inLines.has(word));
  return isEnough ? matched.map((word) => wholeWord(text, word)) : [];
}

/** The word of the text that was cut to this stem. */
function wholeWord(text: string, stem: string): string {
  return (
    text
      .toLowerCase()
      .match(/[a-z][a-z\d]{2,}/g)
      ?.find((word) => word.startsWith(stem)) ?? stem
  );
}

const namedKinds = ['tests', 'documentation'] as const;

/** Orders that are about the text of files; "run", "use" and "start" are not. */
const editing =
  /^(?:also )?(?:add|adjust|adapt|append|apply|change|clean|convert|correct|cover|create|declare|define|document|edit|enforce|escape|expose|extend|extract|fix|guard|handle|implement|improve|include|increase|inline|integrate|introduce|limit|log|make|mark|migrate|modify|move|normali[sz]e|optimi[sz]e|parse|prevent|reduce|refactor|remove|rename|render|replace|restructure|rewrite|rework|show|hide|display|simplify|split|support|swap|trim|truncate|unify|update|validate|wire|wrap|write)\b/i;

const wordCache = new WeakMap<FileChange, ReadonlySet<string>>();

function wordsOfChange(change: FileChange): ReadonlySet<string> {
  const known = wordCache.get(change) ?? new Set(wordsOf(`${change.added}\n${change.removed}`));
  wordCache.set(change, known);
  return known;
}

function holdsName(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + name.length] ?? ' ';
    const isInside = (/\w/.test(name[0]!) && /\w/.test(before)) || (/\w$/.test(name) && /\w/.test(after));
    if (!isInside) return true;
  }
  return false;
}

const checkWords: Readonly<Record<NonNullable<Requirement['check']>, RegExp>> = {
  test: /(?:^|[^a-z])(?:tests?|specs?|pytest|jest|vitest|mocha|rspec|phpunit|ctest|tox|check)(?:[^a-z]|$)/i,
  lint: /(?:^|[^a-z])(?:lint|eslint|ruff|flake8|pylint|biome|clippy|golangci-lint|vet)(?:[^a-z]|$)/i,
  types: /(?:^|[^a-z])(?:tsc|mypy|pyright|type-?check|types)(?:[^a-z]|$)/i,
  build: /(?:^|[^a-z])(?:build|compile|tsc|make)(?:[^a-z]|$)/i,
  format: /(?:^|[^a-z])(?:fmt|format|prettier|gofmt|black)(?:[^a-z]|$)/i,
};

/** The last run of each command or check that it asks for. */
function findChecks({ commands, check }: Requirement, record: TurnRecord): Evidence[] {
  const named = commands.flatMap(
    (command) => record.commands.findLast(({ line }) => holdsCommand(line, command)) ?? [],
  );
  const runs =
    named.length > 0 || commands.length > 0 || check === undefined
      ? named
      : [record.commands.findLast((run) => run.check !== undefined && checkWords[check].test(run.line))].flatMap(
          (run) => run ?? [],
        );
  return [...new Set(runs)].map((run) => ({
    kind: 'check',
    command: short(run.line),
    result: resultOf(run),
    step: run.step,
    isBeforeLastChange: record.lastChange > run.step,
  }));
}

/** After a pipe or `; echo` the exit code is another command's, and a command in the background has none yet. */
const losesExitCode = /(?<!\|)\|(?!\|)|\|\|\s*(?:true|:|echo)(?:\s|$)|;\s*\S|&\s*$/;

function resultOf({ line, isError, check, isBackground, words }: CommandRun): 'passed' | 'failed' | 'unclear' {
  if (isBackground) return 'unclear';
  const commandCount = words.filter(
    ([program]) => !/^(?:cd|export|set|echo|tail|head|grep|cat)$/.test(program ?? 'cd'),
  ).length;
  // Of several commands in a line nobody knows which one failed.
  if (isError || check?.color === 'red') return commandCount > 1 ? 'unclear' : 'failed';
  return check?.color === 'green' || !losesExitCode.test(line) || line.includes('pipefail') ? 'passed' : 'unclear';
}

function holdsCommand(line: string, command: string): boolean {
  const bare = command.replace(/\s+/g, ' ').trim();
  const at = line.indexOf(bare);
  return at !== -1 && !/[\w:-]/.test(line[at + bare.length] ?? ' ') && !/[\w/-]/.test(line[at - 1] ?? ' ');
}

const gitRuns: Readonly<Record<NonNullable<Requirement['git']>, (words: readonly string[]) => boolean>> = {
  commit: (words) => isGit(words, /^commit$/),
  push: (words) => isGit(words, /^push$/),
  merge: (words) => isGit(words, /^(?:merge|pull)$/) || isPullRequest(words, /^merge$/),
  rebase: (words) => isGit(words, /^rebase$/) || (isGit(words, /^pull$/) && words.includes('--rebase')),
  tag: (words) => isGit(words, /^tag$/) && words.length > 2,
  'new pull request': (words) => isPullRequest(words, /^(?:create|ready)$/),
  'pull request text': (words) => isPullRequest(words, /^edit$/),
};

function findGit({ git }: Requirement, record: TurnRecord): Evidence[] {
  if (git === undefined) return [];
  const run = record.commands.findLast(({ words, isError }) => !isError && words.some(gitRuns[git]));
  const words = run?.words.find(gitRuns[git]);
  return run === undefined || words === undefined
    ? []
    : [{ kind: 'command', command: short(words.join(' ')), step: run.step }];
}

function isPullRequest(words: readonly string[], verb: RegExp): boolean {
  return /^(?:gh|glab)$/.test(words[0] ?? '') && /^[pm]r$/.test(words[1] ?? '') && verb.test(words[2] ?? '');
}

function isGit(words: readonly string[], verb: RegExp): boolean {
  const git = readGitCommand(words);
  return git !== undefined && verb.test(git.verb) && !git.rest.includes('--abort');
}

function short(line: string): string {
  const bare = line
    .replace(/^(?:cd\s+\S+\s*(?:&&|;)\s*)+/, '')
    .replace(/\s+/g, ' ')
    .trim();
  return bare.length > 60 ? `${bare.slice(0, 59)}…` : bare;
}
