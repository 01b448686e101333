import { UserError } from '../core/errors.ts';
import { askGitHub, git, names, noRepository } from './users-git.ts';

/** What is to be reviewed. `base`: the name of the branch it goes into; `from`: the commit where both were the same. */
export type ReviewScope =
  /** `isFirst`: there is no commit yet. */
  | { readonly kind: 'working'; readonly files: number; readonly isFirst: boolean }
  /** The last commit of a repository that has no other branch to compare with. */
  | { readonly kind: 'commit'; readonly name: string }
  | { readonly kind: 'branch'; readonly base: string; readonly from: string; readonly commits: number };

/** Branches that others usually go into; the remote's own word for it comes first. */
const usualBases = ['main', 'master', 'develop', 'trunk', 'dev'];
const refName = /^(?!-)[\w./@#+~^-]{1,200}$/;

/**
 * The changes that a review is about. `argument`: empty (what is not committed; when all is, the branch, or the last commit where there is no
 * other branch), `branch`, a base, or the number of a pull request that is checked out. Throws UserError when there is nothing to review.
 */
export function findReviewScope(cwd: string, argument: string): ReviewScope {
  if (git(cwd, 'rev-parse', '--is-inside-work-tree') !== 'true') throw new UserError(noRepository);
  const wanted = argument.trim();
  const number = /^#?(\d{1,7})$/.exec(wanted)?.[1];
  if (number !== undefined) return againstBase(cwd, baseOfPullRequest(cwd, number));
  if (wanted !== '' && wanted !== 'branch') return againstBase(cwd, knownRef(cwd, wanted));
  const files = names(git(cwd, 'status', '--porcelain', '-z', '--untracked-files=all')).length;
  const last = git(cwd, 'rev-parse', '--short=12', '--verify', '--quiet', 'HEAD');
  if (files > 0 && (wanted === '' || last === undefined))
    return { kind: 'working', files, isFirst: last === undefined };
  if (last === undefined) throw new UserError('Nothing to review: this repository has no commit and no file yet.');
  const base = findBase(cwd);
  if (base !== undefined) return againstBase(cwd, base);
  if (wanted === '') return { kind: 'commit', name: last };
  throw new UserError('No base branch was found; name it, or a commit: /review HEAD~3.');
}

/** The base of a pull request, asked of `gh`; its branch must be the one that is checked out. */
function baseOfPullRequest(cwd: string, number: string): string {
  const answer = askGitHub(cwd, ['pr', 'view', number, '--json', 'baseRefName,headRefName']);
  const [base, head] = [answer?.baseRefName, answer?.headRefName];
  if (typeof base !== 'string' || typeof head !== 'string' || !refName.test(base))
    throw new UserError(
      `gh gave no answer about pull request ${number}. Check it out yourself; /review branch then finds its base by git, or name it: /review main.`,
    );
  const current = git(cwd, 'branch', '--show-current');
  if (current !== head)
    throw new UserError(
      `Pull request ${number} is not checked out (its branch is ${head}); run gh pr checkout ${number} first.`,
    );
  return remoteFirst(cwd, base) ?? knownRef(cwd, base);
}

function knownRef(cwd: string, name: string): string {
  if (refName.test(name) && git(cwd, 'rev-parse', '--verify', '--quiet', `${name}^{commit}`) !== undefined) return name;
  throw new UserError(`There is no branch or commit ${name} here.`);
}

/** `origin/NAME` is newer than a local NAME that nobody has pulled. */
function remoteFirst(cwd: string, name: string): string | undefined {
  return [`origin/${name}`, `upstream/${name}`, name].find(
    (each) => git(cwd, 'rev-parse', '--verify', '--quiet', `${each}^{commit}`) !== undefined,
  );
}

/** The branch that this one goes into: of the remote's default branch and the usual names the one it left last; undefined where there is none. */
function findBase(cwd: string): string | undefined {
  const current = git(cwd, 'branch', '--show-current') ?? '';
  const own = git(cwd, 'symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD');
  const candidates = [own, ...usualBases.map((name) => remoteFirst(cwd, name))].filter(
    (name) => name !== undefined && name !== current,
  );
  const distances = [...new Set(candidates)].flatMap((name) => {
    const commits = name === undefined ? undefined : git(cwd, 'rev-list', '--count', `${name}..HEAD`);
    return name === undefined || commits === undefined ? [] : [{ name, commits: Number(commits) }];
  });
  return distances.sort((left, right) => left.commits - right.commits)[0]?.name;
}

function againstBase(cwd: string, base: string): ReviewScope {
  const from = git(cwd, 'merge-base', base, 'HEAD');
  if (from === undefined) throw new UserError(`${base} and this branch have no commit in common.`);
  const commits = Number(git(cwd, 'rev-list', '--count', `${from}..HEAD`) ?? 0);
  if (commits === 0) throw new UserError(`Nothing to review: no commit is ahead of ${base}.`);
  return { kind: 'branch', base, from, commits };
}
