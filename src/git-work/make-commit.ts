import type { CommitPlan } from '../core/run/commit-plan.ts';
import { sanitize } from '../core/text/sanitize.ts';
import { literally } from './plan-commit.ts';
import { type GitWatch, git, runUsersGit } from './users-git.ts';

export type CommitEnd = { readonly isDone: boolean; readonly words: string };

/**
 * Makes the commit with the repository's own hooks and the user's settings. What the user staged is committed as it stands; of the session's
 * files only these, whatever else lies in the working tree. When it fails or is stopped the index is as it was. Nothing is pushed.
 */
export async function makeCommit(
  { kind, files, newFiles, root }: Pick<CommitPlan, 'kind' | 'files' | 'newFiles' | 'root'>,
  message: string,
  watch: GitWatch,
): Promise<CommitEnd> {
  const added = newFiles.filter((path) => files.includes(path)).map(literally);

  const paths = kind === 'staged' ? [] : ['--only', '--', ...files.map(literally)];
  if (added.length > 0) await runUsersGit(root, ['add', '--intent-to-add', '--', ...added], '', watch);
  const { isDone, output, stopped } = await runUsersGit(
    root,
    ['commit', '--file=-', ...paths],
    `${message.trim()}\n`,
    watch,
  );
  if (!isDone) {
    // Also when it was stopped, the index is put back.
    const whole = { signal: new AbortController().signal };
    if (added.length > 0) await runUsersGit(root, ['reset', '--quiet', '--', ...added], '', whole);
    return { isDone, words: describeFailure(output, stopped) };
  }
  return { isDone, words: `Committed as ${git(root, 'log', '-1', '--format=%h %s') ?? 'a new commit'}.` };
}

function describeFailure(output: string, stopped: string | undefined): string {
  const why = stopped === undefined ? '' : `: git or one of its hooks was still running, and ${stopped}`;
  return `Nothing was committed${why}.${output === '' ? '' : ` git says:\n${sanitize(output)}`}`;
}
