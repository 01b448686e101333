import { runGitSafely } from '../../core/git/ask-git.ts';
import type { ScriptReading, SimpleCommand } from '../../core/shell/read-script.ts';
import { withoutGitOptions } from '../../core/text/git-options.ts';
import { programWords } from '../plain-effects.ts';

export type TakenStash = { readonly command: SimpleCommand; readonly subject: string };

/**
 * Stashes that `git stash pop` or `branch` takes off the list and that were there before `startedAtMs`; not one that an earlier command of the
 * same script makes itself. Where that finds nothing to stash, git takes the user's instead.
 */
export function findTakenStashes({ commands }: ScriptReading, startedAtMs: number): TakenStash[] {
  return commands.flatMap((command, at): TakenStash[] => {
    const [act, ...args] = stashWords(command) ?? [];
    if (act === undefined || !/^(pop|branch)$/.test(act)) return [];
    const operands = args.filter((word) => !word.startsWith('-'));
    const named = operands[act === 'branch' ? 1 : 0];
    const isOwn = named === undefined && commands.slice(0, at).some(makesStash);
    const subject = isOwn ? undefined : olderSubject(command.folder, named ?? '0', startedAtMs);
    return subject === undefined ? [] : [{ command, subject }];
  });
}

function stashWords(command: SimpleCommand): readonly string[] | undefined {
  const [program, ...words] = programWords(command);
  const [verb, ...args] = withoutGitOptions(words);
  return program === 'git' && verb === 'stash' ? args : undefined;
}

/** `git diff --quiet` ends with 1 where something is changed. */
function makesStash(command: SimpleCommand): boolean {
  const [act = 'push'] = stashWords(command)?.filter((word) => !word.startsWith('-')) ?? ['none'];
  return /^(push|save)$/.test(act) && runGitSafely(command.folder, ['diff', '--quiet', 'HEAD'], [1]) !== undefined;
}

function olderSubject(folder: string, named: string, startedAtMs: number): string | undefined {
  const which = /^\d+$/.test(named) ? `stash@{${named}}` : named;
  const question = ['log', '-1', '--format=%ct%n%s', '--end-of-options', which, '--'];
  const [seconds = '', subject = ''] = (runGitSafely(folder, question) ?? '').split('\n');
  return seconds !== '' && Number(seconds) * 1000 < Math.floor(startedAtMs / 1000) * 1000 ? subject : undefined;
}
