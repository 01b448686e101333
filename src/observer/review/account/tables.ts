import { count } from '../../../core/text/count.ts';
import { isOfKind } from '../../ledger/check/file-sets.ts';
import type { Facts } from './account-facts.ts';
import type { CheckFact } from './check-facts.ts';
import type { FileFact } from './file-facts.ts';
import type { GitFact } from './git-facts.ts';
import type { ToolFact } from './tool-use.ts';

/** A line of a table, with the step it speaks of, where it is one. */
export type FactLine = { readonly step?: number; readonly text: string };

const shownChecks = 14;
const shownFiles = 30;
const shownGone = 12;
const shownGit = 10;
const shownTools = 4;

/** Each check: when, what came of it, and whether it was before or after the last change. Of equal ones in a row the last. */
export function describeChecks(facts: Facts, userWords: string): FactLine[] {
  const checks = facts.checks();
  const lines = checks.filter((check, at) => !isSame(check, checks[at + 1])).slice(-shownChecks);
  return lines.map((check) => {
    const place = check.step > facts.lastChange() ? 'after the last change' : 'before the last change';
    const isOwn = check.ownScript !== undefined && !isNamed(check.ownScript, userWords);
    const command = isOwn ? `${check.command} (a script that the agent wrote itself)` : check.command;
    return {
      step: check.step,
      text: `step ${check.step}, ${place}: ${command} → ${colorOf(check, isOwn)}: ${check.lines.join('; ').slice(0, 260)}`,
    };
  });
}

function colorOf(check: CheckFact, isOwn: boolean): string {
  if (check.isRedHidden) return 'RED, although the command ended well';
  if (check.doubt !== undefined) return doubts[check.doubt];
  return isOwn && check.color === 'green' ? 'ran to its end' : colors[check.color];
}

const doubts: Readonly<Record<NonNullable<CheckFact['doubt']>, string>> = {
  cached: 'green from cache, not run again',
  'error-shown': 'ended well, but its output shows an error',
};

const colors: Readonly<Record<CheckFact['color'], string>> = {
  red: 'RED',
  green: 'green',
  unclear: 'ran to its end, shows no counts',
};

function isSame(check: CheckFact, next: CheckFact | undefined): boolean {
  return next?.command === check.command && next.color === check.color && next.lines.join() === check.lines.join();
}

/** Each file that changed, whether the user's words name it, and whether that was before the last commit. `isNew`: the agent made it. */
export function describeFiles(facts: Facts, userWords: string, isNew: (file: FileFact) => boolean): FactLine[] {
  const lastCommit = facts.git().findLast(({ verb, isError }) => verb === 'commit' && !isError)?.step ?? -1;
  const files = facts.files().slice(-shownFiles);
  const gone = files.filter((file) => file.isDeleted && isNew(file) && !isNamed(file.path, userWords));
  const lines = files
    .filter((file) => !gone.includes(file))
    .map((file) => ({ step: file.steps.at(-1)!, text: describeFile(file, userWords, lastCommit, isNew(file)) }));
  return gone.length === 0 ? lines : [...lines, { text: describeGone(gone) }];
}

/** What the agent made on the way and took away again: that it is gone is all that matters. */
function describeGone(gone: readonly FileFact[]): string {
  const names = gone.slice(-shownGone).map(({ path }) => path);
  const more = gone.length > names.length ? ` and ${gone.length - names.length} more` : '';
  return `made in this run and deleted again: ${names.join(', ')}${more}`;
}

function describeFile(file: FileFact, userWords: string, lastCommit: number, isNew: boolean): string {
  const last = file.steps.at(-1)!;
  const what = [
    stateOf(file, isNew),
    `in ${file.steps.length > 6 ? `${count(file.steps.length, 'step')}, last ${last}` : `step ${file.steps.join(', ')}`}`,
    ...(file.added + file.removed > 0 ? [`+${file.added} −${file.removed}`] : []),
    ...describeEverywhere(file),
    ...(file.isByShell ? ['by a shell line'] : []),
    ...(isOfKind(file.path, 'tests') ? ['a test'] : []),
    isNamed(file.path, userWords) ? 'named by the user' : 'not named by the user',
    ...(lastCommit >= 0 ? [last > lastCommit ? 'not committed since' : 'before the last commit'] : []),
  ];
  return `${file.path}: ${what.join(', ')}`;
}

function stateOf({ isDeleted, isRestored }: FileFact, isNew: boolean): string {
  if (isDeleted) return isNew ? 'made and deleted again' : 'deleted';
  if (isRestored) return 'put back from git';
  return isNew ? 'new' : 'changed';
}

function describeEverywhere({ everywhere }: FileFact): string[] {
  const steps = everywhere
    .slice(-6)
    .map(({ step, count: places }) => `${step}${places === undefined ? '' : ` (${places})`}`);
  return steps.length === 0 ? [] : [`every occurrence of a text replaced in step ${steps.join(', ')}`];
}

function isNamed(path: string, words: string): boolean {
  const name = path.split('/').at(-1) ?? path;
  return words.includes(name) || words.includes(name.replace(/\.\w+$/, ''));
}

/** What git was asked and what it said; of looks at the state only the last of each run of them. */
export function describeGit(git: readonly GitFact[]): FactLine[] {
  const telling = git.filter((fact, at) => fact.verb !== 'status' || git[at + 1]?.verb !== 'status');
  return telling.slice(-shownGit).map(({ step, command, isError, said }) => ({
    step,
    text: `step ${step}: ${command}${isError ? ' (failed)' : ''}${said === '' ? '' : ` → ${said}`}`,
  }));
}

/** That nothing was checked or changed, as far as code knows the tools. */
export function describeNothing(tools: readonly ToolFact[]): string {
  const others = tools.filter(({ isKnown, calls, failed }) => !isKnown && calls > failed).slice(0, shownTools);
  if (others.length === 0) return 'No check ran and no file changed.';
  const named = others.map(({ name, calls }) => `${name} (${count(calls, 'call')})`).join(', ');
  return `No check and no change that a program knows; what these tools did shows in the steps alone: ${named}.`;
}

/** Tools whose calls failed more than once, with the arguments that were given then and when it worked. */
export function describeTools(tools: readonly ToolFact[]): FactLine[] {
  const failing = tools.filter(({ failed }) => failed >= 2).slice(0, shownTools);
  return failing.map(({ name, calls, failed, worked, failedWith }) => ({
    text: `${name}: ${failed} of ${calls} calls failed; arguments when it failed last: ${failedWith || 'none'}; when it worked last: ${worked || (failed === calls ? 'it never did' : 'none')}`,
  }));
}
