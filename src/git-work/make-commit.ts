import { askGit } from '../core/git/ask-git.ts';
import type { HoldProgram } from '../core/process/held-program.ts';
import type { CommitPlan } from '../core/run/commit-plan.ts';
import { count } from '../core/text/count.ts';
import { sanitize } from '../core/text/sanitize.ts';
import { changedSince } from './commit-states.ts';
import { keepIndex } from './keep-index.ts';
import { literally } from './plan-commit.ts';
import { signLastCommit } from './sign-commit.ts';
import { type GitWatch, git, runUsersGit } from './users-git.ts';

export type CommitEnd = {
  readonly isDone: boolean;
  readonly words: string;
  /** What the sandbox kept git or a hook from, in words that follow "it". */
  readonly wants?: string;
};

/**
 * Makes the commit with the user's settings and the repository's own hooks; what these start is in the sandbox where the plan says so, and the
 * user's keys, which are not to be had there, sign afterwards. What is staged is committed as it stands; of the session's files only these,
 * whatever else lies in the working tree. When it fails or is stopped the index is as it was. Nothing is pushed.
 */
export async function makeCommit(
  plan: Pick<CommitPlan, 'kind' | 'files' | 'newFiles' | 'root' | 'starts' | 'states'>,
  message: string,
  watch: GitWatch,
  hold: HoldProgram,
): Promise<CommitEnd> {
  const { kind, files, newFiles, root, starts } = plan;
  const changed = changedSince(plan);
  if (changed.length > 0) return { isDone: false, words: describeChanged(changed) };
  const isHeld = starts?.isHeld ?? false;
  const place = { cwd: root, ...(isHeld && { hold }) };
  const isSigned = isHeld && askGit(root, ['config', '--type=bool', '--get', 'commit.gpgSign'])?.trim() === 'true';
  const added = newFiles.filter((path) => files.includes(path)).map(literally);
  const paths = kind === 'staged' ? [] : ['--only', '--', ...files.map(literally)];
  const putIndexBack = keepIndex(root);
  if (added.length > 0) await runUsersGit(place, ['add', '--intent-to-add', '--', ...added], '', watch);
  const words = ['commit', '--file=-', ...(isSigned ? ['--no-gpg-sign'] : []), ...paths];
  const { isDone, output, stopped, wants, setAside } = await runUsersGit(place, words, `${message.trim()}\n`, watch);
  if (!isDone) {
    putIndexBack();
    return { isDone, words: describeFailure(output, stopped, isHeld), ...(wants !== undefined && { wants }) };
  }
  const problem = isSigned ? await signLastCommit(root, starts?.namesSigner ?? false, watch) : undefined;
  const made = `Committed as ${git(root, 'log', '-1', '--format=%h %s') ?? 'a new commit'}.`;
  const more = [problem && `It is not signed: ${problem}`, setAside].filter((each) => each !== undefined);
  return { isDone, words: [made, ...more.map(sanitize)].join('\n') };
}

function describeChanged(changed: readonly string[]): string {
  const [first = '', ...more] = changed;
  const also = more.length === 0 ? '' : ` and ${count(more.length, 'other file')}`;
  return `Nothing was committed: ${sanitize(first)}${also} changed while the question stood. /commit asks again.`;
}

function describeFailure(output: string, stopped: string | undefined, isHeld: boolean): string {
  const why = stopped === undefined ? '' : `: git or one of its hooks was still running, and ${stopped}`;
  const said = output === '' ? '' : ` git says:\n${sanitize(output)}`;
  const way = isHeld && stopped === undefined ? `${said === '' ? ' ' : '\n'}${ranInSandbox}` : '';
  return `Nothing was committed${why}.${said}${way}`;
}

const ranInSandbox =
  'git ran in the sandbox, because it starts what the repository holds; `!git commit` runs it outside.';
