import { join } from 'node:path';
import { runGitSafely } from './ask-git.ts';
import type { GitRights } from './hold-git.ts';

/** What of a git folder decides which programs git starts and where it looks. */
const acting = ['config', 'config.worktree', 'hooks', 'info', 'modules', 'commondir', 'gitdir'];

/** The right to write in the git folder of a repository (references, index, objects), but for what acts in it, and in no other worktree's. */
export function rightsInGitFolder(root: string): Required<Pick<GitRights, 'writes' | 'keeps'>> {
  const asked = ['rev-parse', '--path-format=absolute', '--git-dir', '--git-common-dir'];
  const [own = '', shared = ''] = (runGitSafely(root, asked) ?? '').split('\n');
  const folders = [own, shared].filter((path) => path !== '');
  return {
    writes: folders,
    keeps: [join(shared, 'worktrees'), ...folders.flatMap((folder) => acting.map((name) => join(folder, name)))],
  };
}
