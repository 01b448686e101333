import { resolve } from 'node:path';
import { statIfThere } from '../../core/disk/stat-if-there.ts';
import { runGitSafely } from '../../core/process/safe-git.ts';
import type { SimpleCommand } from '../../core/shell/read-script.ts';
import { withoutGitOptions } from '../../core/text/git-options.ts';
import { programWords } from '../plain-effects.ts';

/** What git keeps of an operation from its beginning on, in the order in which it is looked for. */
const traces: Readonly<Record<string, readonly string[]>> = {
  am: ['rebase-apply'],
  merge: ['MERGE_HEAD'],
  'cherry-pick': ['sequencer/head', 'CHERRY_PICK_HEAD'],
  revert: ['sequencer/head', 'REVERT_HEAD'],
};

/**
 * The operation (`cherry-pick`) that a command ends for good, with the commits it has made and what was resolved; undefined where it ends none, or one
 * that came into being after `startedAtMs`, which the session began itself.
 */
export function findAbortedOperation(command: SimpleCommand, startedAtMs: number): string | undefined {
  const [program, ...words] = programWords(command);
  const [verb = '', ...args] = withoutGitOptions(words);
  const names = program === 'git' ? traces[verb] : undefined;
  // Git takes any beginning of an option that no other begins with.
  if (!names || !args.some((word) => /^--(ab(o|or|ort)?|quit)$/.test(word))) return undefined;
  const folder = runGitSafely(command.folder, ['rev-parse', '--absolute-git-dir'])?.replace(/\n$/, '');
  if (folder === undefined) return undefined;
  const [first] = names.map((name) => statIfThere(resolve(folder, name))).filter((state) => state !== undefined);
  const bornMs = first && Math.min(Number(first.birthtimeMs) || Infinity, Number(first.mtimeMs));
  return bornMs !== undefined && bornMs < startedAtMs ? verb : undefined;
}
