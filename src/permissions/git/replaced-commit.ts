import { runGitSafely } from '../../core/git/ask-git.ts';
import type { SimpleCommand } from '../../core/shell/read-script.ts';
import { withoutGitOptions } from '../../core/text/git-options.ts';
import { programWords } from '../plain-effects.ts';

/**
 * The first line of the commit that `git commit --amend` takes off its branch; undefined where the command amends none, or one that came
 * into being after `startedAtMs`, which the session made itself.
 */
export function findReplacedCommit(command: SimpleCommand, startedAtMs: number): string | undefined {
  const [program, ...words] = programWords(command);
  const [verb, ...args] = withoutGitOptions(words);
  if (program !== 'git' || verb !== 'commit') return undefined;
  const end = args.indexOf('--');
  // Git takes any beginning of an option that no other begins with.
  const amends = args.slice(0, end === -1 ? undefined : end).some((word) => /^--am(end?|e)?$/.test(word));
  if (!amends) return undefined;
  const [seconds = '', subject = ''] = (runGitSafely(command.folder, ['log', '-1', '--format=%ct%n%s']) ?? '').split(
    '\n',
  );
  const isOwn = seconds === '' || Number(seconds) * 1000 >= Math.floor(startedAtMs / 1000) * 1000;
  return isOwn ? undefined : subject;
}
