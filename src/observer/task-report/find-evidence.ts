import type { CompletionRow, Evidence } from '../../core/run/task-report.ts';
import { isOfKind } from '../ledger/check/file-sets.ts';
import { findMentionEvidence, findRuns, isRun } from './find-runs.ts';
import { isOfNamedKind, isTelling, wordsOf } from './read-names.ts';
import type { Requirement } from './requirement.ts';
import type { RecordedChange, TurnRecord } from './turn-record.ts';

/** What the record shows of one requirement. `others`: what else was asked for, whose files and words prove nothing here. */
export function findEvidence(
  requirement: Requirement,
  others: readonly Requirement[],
  record: TurnRecord,
): Pick<CompletionRow, 'evidence'> & { readonly unchanged: readonly string[] } {
  const actions = findRuns(requirement, record);
  const isAction = requirement.check !== undefined || requirement.git !== undefined || requirement.commands.length > 0;
  const files =
    isAction && requirement.files.length === 0
      ? []
      : requirement.isVague && !others.some(({ isVague }) => isVague)
        ? findAnyChange(others, record)
        : findFiles(requirement, others, record);
  const changed = (path: string) => record.changes.some((change) => isSameFile(change.path, path));
  const found = [...files, ...actions];
  const evidence = found.length > 0 ? found : findMentionEvidence(requirement, others, record);
  return {
    evidence,
    // A command may have made what it names.
    unchanged:
      isAction || isRun(requirement) || evidence.length > found.length
        ? []
        : requirement.files.filter((path) => !changed(path)),
  };
}

/** Whether a changed path is the file that was named, which may be named by its end. */
export function isSameFile(path: string, named: string): boolean {
  const [left, right] = [path.toLowerCase(), named.toLowerCase()];
  const isWhole = left.includes('/') || right.startsWith('/');
  return left === right || left.endsWith(`/${right}`) || (isWhole && right.endsWith(`/${left}`));
}

function findFiles(requirement: Requirement, others: readonly Requirement[], record: TurnRecord): Evidence[] {
  const shared = (path: string) => others.some(({ files }) => files.some((file) => isSameFile(path, file)));
  const found = new Map<string, { changes: RecordedChange[]; words: Set<string> }>();
  const add = (change: RecordedChange, words: readonly string[]) => {
    const known = found.get(change.path) ?? { changes: [], words: new Set<string>() };
    known.changes.push(change);
    for (const word of words) known.words.add(word);
    found.set(change.path, known);
  };
  const isProse = proseOf(record);
  for (const change of record.changes) {
    const isNamed = requirement.files.some((file) => isSameFile(change.path, file));
    const names = matchNames(requirement, others, change, isProse);
    if (isNamed && (names.length > 0 || !shared(change.path) || isNamedDocument.test(requirement.text)))
      add(change, names);
    else if (requirement.files.length > 0) {
      if (names.length > 0 && !isNamed && requirement.names.some((name) => names.includes(name))) add(change, names);
    } else if (requirement.kinds.length > 0) {
      if (isOfNamedKind(change.path, requirement) && fitsKind(requirement, others, change, names)) add(change, names);
    } else if (names.length > 0) add(change, names);
  }
  return [...found].map(([path, { changes, words }]) => fileEvidence(path, changes, [...words].slice(0, 4)));
}

function fileEvidence(path: string, changes: readonly RecordedChange[], words: readonly string[]): Evidence {
  return {
    kind: 'file',
    path,
    change: changes.at(-1)!.how === 'deleted' ? 'deleted' : changes[0]!.how,
    steps: [...new Set(changes.map(({ step }) => step))].filter((step) => step >= 0),
    words,
  };
}

/** An order about the text of files in plain words: nothing in it says by what its change could be known. */
export function isPlainEdit({ text, files, names, kinds, git, check, commands }: Requirement): boolean {
  const isTold = files.length + kinds.length + commands.length > 0 || names.some(isTelling);
  return !isTold && git === undefined && check === undefined && editing.test(text);
}

/** Files of code that were changed. */
export function changedCode({ changes }: TurnRecord): string[] {
  const isCode = ({ path, how }: RecordedChange) =>
    how !== 'deleted' && !isOfKind(path, 'tests') && !isOfKind(path, 'documentation') && !isOfKind(path, 'lock files');
  return [...new Set(changes.filter(isCode).map(({ path }) => path))];
}

/** What was changed and is nothing that another requirement names. */
function findAnyChange(others: readonly Requirement[], record: TurnRecord): Evidence[] {
  const paths = [...new Set(record.changes.map(({ path }) => path))];
  const isOthers = (path: string) => others.some(({ files }) => files.some((file) => isSameFile(path, file)));
  return paths
    .filter((path) => !isOthers(path))
    .map((path) =>
      fileEvidence(
        path,
        record.changes.filter((change) => change.path === path),
        [],
      ),
    );
}

/** "Add tests for X": a test that speaks of X; where nothing else was asked about tests and no name is given, any test. */
function fitsKind(
  { text, names, kinds, words }: Requirement,
  others: readonly Requirement[],
  { path }: RecordedChange,
  found: readonly string[],
): boolean {
  if (found.length > 0) return true;
  if (isNamedDocument.test(text)) return true;
  if (names.length > 0 || words.length > 4) return false;
  return !others.some((other) => other.kinds.some((kind) => kinds.includes(kind) && isOfKind(path, kind)));
}

/** "The changelog" is one file, however often it is asked for. */
const isNamedDocument = /\b(?:readme|changelog)\b/i;

/** The names and words of a requirement that are in the lines of a change; empty when they prove nothing. */
function matchNames(
  requirement: Requirement,
  others: readonly Requirement[],
  change: RecordedChange,
  isProse: (path: string) => boolean,
): string[] {
  const lines = `${change.path}\n${change.added}\n${change.removed}`;
  const isOwn = (name: string) => !others.some((other) => other.names.includes(name));
  const names = requirement.names.filter((name) => isOwn(name) && holdsName(lines, name));
  // A single plain word (`invoke`, `model`) is in many changes.
  if (names.some(isTelling) || names.length >= 2) return names;
  const details = requirement.details.filter(
    (name) =>
      !others.some((other) => other.names.includes(name) || other.details.includes(name)) && holdsName(lines, name),
  );
  if (details.length >= 2) return details.slice(0, 3);
  // The function that is named is often not in the changed lines, but right above them.
  const near = requirement.names.filter(
    (name) => isOwn(name) && isTelling(name) && editing.test(requirement.text) && holdsName(change.context, name),
  );
  if (near.length > 0) return near;
  const parts = requirement.parts.filter(
    (name) =>
      !others.some((other) => other.parts.includes(name)) &&
      editing.test(requirement.text) &&
      declares(`${lines}\n${change.context}`, name),
  );
  if (parts.length > 0) return parts;
  if (requirement.names.length > 0) return [];
  return matchWords(requirement, others, change, isProse);
}

/**
 * Words prove less than names: at least two that no other requirement has, and more than half of all its words, in the new lines and the
 * path of one change, one of them in the lines.
 */
function matchWords(
  { text, words, kinds }: Requirement,
  others: readonly Requirement[],
  change: RecordedChange,
  isProse: (path: string) => boolean,
): string[] {
  if (!editing.test(text)) return [];
  const own = words.filter((word) => !others.some((other) => other.words.includes(word)));
  const file = kinds.length === 0 && !isOfKind(change.path, 'tests') ? namesake(text, own, words, change.path) : [];
  if (file.length > 0) return file.map((word) => wholeWord(text, word));
  if (own.length < 2 || (isProse(change.path) && !kinds.some((kind) => isOfKind(change.path, kind)))) return [];
  const inLines = wordsOfChange(change);
  const inPath = new Set(wordsOf(change.path));
  const matched = own.filter((word) => inLines.has(word) || inPath.has(word));
  const isEnough =
    matched.length >= 2 && matched.length * 2 > words.length && matched.some((word) => inLines.has(word));
  return isEnough ? matched.map((word) => wholeWord(text, word)) : [];
}

/** Words of a test or a page may speak of what was never done, unless nothing but pages was changed: then they are the work. */
function proseOf({ changes }: TurnRecord): (path: string) => boolean {
  const isAlone = changes.every(({ path }) => isOfKind(path, 'documentation'));
  return (path) => isOfKind(path, 'tests') || (!isAlone && isOfKind(path, 'documentation'));
}

/** A thing after which the file is named: "make the modal bigger", in ProductModal.tsx; "clear the review file", in REVIEW.md. */
function namesake(text: string, own: readonly string[], words: readonly string[], path: string): readonly string[] {
  if (words.length > 2) return [];
  const called = nameWords(path);
  const named = own.filter((word) => word.length >= 4 && called.includes(word));
  const isWhole = called.every((word) => named.includes(word));
  return isWhole || (!/\bfiles?\b/i.test(text) && named.includes(called.at(-1) ?? '')) ? named : [];
}

/** The words of a file's name without its ending. */
function nameWords(path: string): readonly string[] {
  return wordsOf(path.replace(/^.*\//, '').replace(/\.\w+$/, ''));
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

/** Orders that are about the text of files; "run", "use" and "start" are not. */
const editing =
  /^(?:also )?(?:add|address|adjust|adapt|append|apply|bump|change|clean|clear|convert|correct|cover|create|declare|define|delete|disable|document|edit|empty|enable|enforce|escape|expose|extend|extract|fix|guard|handle|implement|improve|include|increase|inline|integrate|introduce|limit|log|make|mark|migrate|modify|move|normali[sz]e|optimi[sz]e|parse|prevent|reduce|refactor|remove|rename|render|replace|restructure|rewrite|rework|show|hide|display|simplify|split|support|swap|trim|truncate|unify|update|validate|wire|wrap|write)\b/i;

/** Whether a function, a class or the like of that name begins in these lines. */
function declares(lines: string, name: string): boolean {
  const declared = `\\b(?:function\\*?|def|fn|func|fun|sub|class|struct|interface|enum|trait|type|impl|module|const|let|var)\\s+(?:\\([^)\\n]*\\)\\s*)?${name}\\b`;
  const method = `^\\s*(?:(?:public|private|protected|static|async|override|export|default)\\s+)*${name}\\s*\\([^)\\n]*\\)[^;\\n]*\\{`;
  return new RegExp(`${declared}|${method}`, 'im').test(lines);
}

const wordCache = new WeakMap<RecordedChange, ReadonlySet<string>>();

function wordsOfChange(change: RecordedChange): ReadonlySet<string> {
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
