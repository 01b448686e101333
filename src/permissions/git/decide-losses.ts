import { clipCommand, type ScriptReading, type SimpleCommand } from '../../core/shell/read-script.ts';
import { withoutGitOptions } from '../../core/text/git-options.ts';
import type { PartDecision, PermissionContext } from '../decide-path.ts';
import { programWords } from '../plain-effects.ts';
import { findAbortedOperation } from './aborted-operation.ts';
import { findReplacedCommit } from './replaced-commit.ts';
import { findStagedWork } from './staged-work.ts';
import { findTakenStashes } from './taken-stash.ts';

/** In mode edits git runs unasked, and no checkpoint holds what the repository itself keeps: what was there before the session is asked about. */
function isUnasked({ mode, canConfine }: PermissionContext): boolean {
  return mode === 'edits' && canConfine;
}

/** To amend a commit of its own, or to give up a merge of its own, is ordinary work. */
export function decideCommitLosses(command: SimpleCommand, context: PermissionContext): PartDecision[] {
  if (!isUnasked(context)) return [];
  const subject = findReplacedCommit(command, context.startedAtMs);
  const replaced =
    subject === undefined
      ? []
      : [`\`git commit --amend\` replaces a commit that was there before this session (${clipCommand(subject)})`];
  const operation = findAbortedOperation(command, context.startedAtMs);
  const aborted =
    operation === undefined
      ? []
      : [
          `\`${clipCommand(command.text)}\` gives up a ${operation} that was under way before this session, with the commits it has made and the conflicts that were resolved`,
        ];
  return [...replaced, ...aborted, ...hiddenChanges(command)].map((what) => ask(what, 2));
}

/** `git status` and `git diff` say nothing of such files any more, so that what is done to them is not seen. */
function hiddenChanges(command: SimpleCommand): string[] {
  const [program, ...words] = programWords(command);
  const [verb, ...args] = withoutGitOptions(words);
  const hides = program === 'git' && verb === 'update-index' && args.some((word) => /^--(skip-w|assume-u)/.test(word));
  return hides ? [`\`${clipCommand(command.text)}\` hides changes of files from \`git status\` and \`git diff\``] : [];
}

/** Whoever stages a part of a file, or some of the files, has chosen; no rule is offered, since the next time it is another choice. */
export function decideStagedWork(command: SimpleCommand, context: PermissionContext): PartDecision[] {
  if (!isUnasked(context)) return [];
  const work = findStagedWork(command, context.startedAtMs);
  if (work === undefined) return [];
  const [first = '', ...more] = work.paths;
  const files = `${clipCommand(first)}${more.length === 0 ? '' : ` and ${more.length} more`}`;
  const does = work.unstages ? 'takes out of the index' : 'replaces in the index';
  const what = `what was staged before this session (${files}) and no checkpoint holds`;
  return [ask(`\`${clipCommand(command.text)}\` ${does} ${what}`, lost)];
}

/** A stash that was popped is off the list, and lies only in the files. No rule is offered: the same words mean another stash the next time. */
export function decideTakenStashes(script: ScriptReading, context: PermissionContext): PartDecision[] {
  if (!isUnasked(context)) return [];
  return findTakenStashes(script, context.startedAtMs).map(({ command, subject }) =>
    ask(
      `\`${clipCommand(command.text)}\` takes a stash off the list that was there before this session (${clipCommand(subject)})`,
      lost,
    ),
  );
}

/** Graver than changes that the checkpoint holds. */
const lost = 3.2;

function ask(what: string, gravity: number): PartDecision {
  return { ruling: 'ask', reason: `${what}; mode edits asks first.`, gravity };
}
