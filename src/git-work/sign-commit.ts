import { runGitSafely } from '../core/git/ask-git.ts';
import { rightsInGitFolder } from '../core/git/repository-rights.ts';
import { type GitWatch, git, runUsersGit } from './users-git.ts';

/**
 * Puts a signed commit in the place of the last one, which was made in the sandbox, where no keys are. Nothing but the program that signs is
 * started. Gives a sentence where that fails; the commit then stays as it is.
 */
export async function signLastCommit(
  root: string,
  isSignerForeign: boolean,
  watch: GitWatch,
): Promise<string | undefined> {
  if (isSignerForeign) return 'this repository’s own settings name the program that signs (gpg.program).';
  const last = git(root, 'rev-parse', 'HEAD');
  const commit = runGitSafely(root, ['cat-file', 'commit', 'HEAD']);
  if (last === undefined || commit === undefined) return 'the commit could not be read.';
  const end = commit.indexOf('\n\n');
  const fields = commit.slice(0, end).split('\n');
  const valuesOf = (name: string) =>
    fields.flatMap((line) => (line.startsWith(`${name} `) ? [line.slice(name.length + 1)] : []));
  const parents = valuesOf('parent').flatMap((parent) => ['-p', parent]);
  const signed = await runUsersGit(
    { cwd: root },
    ['commit-tree', '-S', ...parents, ...valuesOf('tree')],
    commit.slice(end + 2),
    watch,
    { ...personOf('AUTHOR', valuesOf('author')[0]), ...personOf('COMMITTER', valuesOf('committer')[0]) },
  );
  const made = /^[0-9a-f]{40,64}$/m.exec(signed.output)?.[0];
  if (!signed.isDone || made === undefined) return signed.stopped ?? `git says:\n${signed.output}`;
  const subject = `commit (signed): ${commit.slice(end + 2).split('\n')[0]}`;
  const move = ['update-ref', '-m', subject, 'HEAD', made, last];
  const isMoved = runGitSafely(root, move, [0], rightsInGitFolder(root)) !== undefined;
  return isMoved ? undefined : 'the branch could not be moved to the signed commit.';
}

/** `Name <address> seconds zone` in the variables that git takes it from. */
function personOf(role: 'AUTHOR' | 'COMMITTER', line: string | undefined): Record<string, string> {
  const [, name, email, date] = /^(.*) <(.*)> (\d+ [+-]\d+)$/.exec(line ?? '') ?? [];
  if (name === undefined || email === undefined) return {};
  return { [`GIT_${role}_NAME`]: name, [`GIT_${role}_EMAIL`]: email, [`GIT_${role}_DATE`]: `@${date}` };
}
