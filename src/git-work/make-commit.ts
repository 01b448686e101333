import { sanitize } from '../core/text/sanitize.ts';
import { type CommitPlan, literally } from './commit-plan.ts';
import { git, runUsersGit } from './git.ts';

export type CommitEnd = { readonly isDone: boolean; readonly words: string };

/**
 * Makes the commit with the repository's own hooks and the user's settings. What the user staged is committed as it stands; of the session's
 * files only these, whatever else lies in the working tree. When it fails the index is as it was. Nothing is pushed.
 */
export async function makeCommit(
  { kind, files, newFiles, root }: Pick<CommitPlan, 'kind' | 'files' | 'newFiles' | 'root'>,
  message: string,
): Promise<CommitEnd> {
  const added = newFiles.filter((path) => files.includes(path)).map(literally);

  const paths = kind === 'staged' ? [] : ['--only', '--', ...files.map(literally)];
  if (added.length > 0) await runUsersGit(root, ['add', '--intent-to-add', '--', ...added], '');
  const { isDone, output } = await runUsersGit(root, ['commit', '--file=-', ...paths], `${message.trim()}\n`);
  if (!isDone) {
    if (added.length > 0) await runUsersGit(root, ['reset', '--quiet', '--', ...added], '');
    return { isDone, words: `Nothing was committed. git says:\n${sanitize(output)}` };
  }
  return { isDone, words: `Committed as ${git(root, 'log', '-1', '--format=%h %s') ?? 'a new commit'}.` };
}
