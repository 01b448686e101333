import { resolve } from 'node:path';
import { statIfThere } from '../../core/disk/stat-if-there.ts';
import { runGitSafely } from '../../core/git/ask-git.ts';
import type { SimpleCommand } from '../../core/shell/read-script.ts';
import { withoutGitOptions } from '../../core/text/git-options.ts';
import { programWords } from '../plain-effects.ts';
import { commitOf } from './brought-by-git.ts';

/** What git keeps of an operation from its beginning on, in the order in which it is looked for. */
const traces: Readonly<Record<string, readonly string[]>> = {
  am: ['rebase-apply'],
  merge: ['MERGE_HEAD'],
  'cherry-pick': ['sequencer/head', 'CHERRY_PICK_HEAD'],
  revert: ['sequencer/head', 'REVERT_HEAD'],
};

/**
 * The operation (`cherry-pick`) that a command ends for good, or a commit of it that it leaves out, with what was made and resolved; undefined where
 * it ends none, or one that came into being after `startedAtMs`, which the session began itself.
 */
export function findAbortedOperation(command: SimpleCommand, startedAtMs: number): string | undefined {
  const [program, ...words] = programWords(command);
  const [verb = '', ...args] = withoutGitOptions(words);
  if (program !== 'git') return undefined;
  const ended = endedBy(verb, args, command.folder);
  if (ended.length === 0) return undefined;
  const folder = runGitSafely(command.folder, ['rev-parse', '--absolute-git-dir'])?.replace(/\n$/, '');
  if (folder === undefined) return undefined;
  return ended.find((operation) => {
    const states = (traces[operation] ?? []).map((name) => statIfThere(resolve(folder, name)));
    const first = states.find((state) => state !== undefined);
    const bornMs = first && Math.min(Number(first.birthtimeMs) || Infinity, Number(first.mtimeMs));
    return bornMs !== undefined && bornMs < startedAtMs;
  });
}

/** Without a word git forgets a merge or a picked commit also where it puts everything into a stash, or goes to another branch. */
const forgotten = ['merge', 'cherry-pick', 'revert'];

function endedBy(verb: string, args: readonly string[], folder: string): readonly string[] {
  const operands = args.filter((word) => !word.startsWith('-'));
  if (verb === 'stash') return /^(push|save)$/.test(operands[0] ?? 'push') ? forgotten : [];
  if (verb === 'checkout')
    return operands.length === 1 && !args.includes('--') && commitOf(operands[0]!, folder) !== undefined
      ? forgotten
      : [];
  // Git takes any beginning of an option that no other begins with.
  const ends = args.some((word) => /^--(ab(o|or|ort)?|quit|sk(i|ip)?)$/.test(word));
  return ends && verb in traces ? [verb] : [];
}
