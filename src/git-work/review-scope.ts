import { UserError } from '../core/errors.ts';
import { askGitHub, git, names } from './git.ts';

/** What is to be reviewed. `base`: the name of the branch it goes into; `from`: the commit where both were the same. */
export type ReviewScope =
  | { readonly kind: 'working'; readonly files: number }
  | { readonly kind: 'branch'; readonly base: string; readonly from: string; readonly commits: number };

/** Branches that others usually go into; the remote's own word for it comes first. */
const usualBases = ['main', 'master', 'develop', 'trunk', 'dev'];
const refName = /^(?!-)[\w./@#+-]{1,200}$/;

/**
 * The changes that a review is about. `argument`: empty (what is not committed, or the branch when all is), `branch`, a base, or the number of
 * a pull request that is checked out. Throws UserError when there is nothing to review.
 */
export function findReviewScope(cwd: string, argument: string): ReviewScope {
  if (git(cwd, 'rev-parse', '--is-inside-work-tree') !== 'true')
    throw new UserError('This folder is not in a git repository.');
  const wanted = argument.trim();
  const number = /^#?(\d{1,7})$/.exec(wanted)?.[1];
  if (number !== undefined) return againstBase(cwd, baseOfPullRequest(cwd, number));
  if (wanted !== '' && wanted !== 'branch') return againstBase(cwd, knownRef(cwd, wanted));
  const files = names(git(cwd, 'status', '--porcelain', '-z', '--untracked-files=all')).length;
  if (wanted === '' && files > 0) return { kind: 'working', files };
  return againstBase(cwd, findBase(cwd));
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

/** The branch that this one goes into: of the remote's default branch and the usual names the one it left last. */
function findBase(cwd: string): string {
  const current = git(cwd, 'branch', '--show-current') ?? '';
  const own = git(cwd, 'symbolic-ref', '--quiet', '--short', 'refs/remotes/origin/HEAD');
  const candidates = [own, ...usualBases.map((name) => remoteFirst(cwd, name))].filter(
    (name) => name !== undefined && name !== current,
  );
  const distances = [...new Set(candidates)].flatMap((name) => {
    const commits = name === undefined ? undefined : git(cwd, 'rev-list', '--count', `${name}..HEAD`);
    return name === undefined || commits === undefined ? [] : [{ name, commits: Number(commits) }];
  });
  const nearest = distances.sort((left, right) => left.commits - right.commits)[0];
  if (nearest === undefined) throw new UserError('No base branch was found; name it: /review BRANCH.');
  return nearest.name;
}

function againstBase(cwd: string, base: string): ReviewScope {
  const from = git(cwd, 'merge-base', base, 'HEAD');
  if (from === undefined) throw new UserError(`${base} and this branch have no commit in common.`);
  const commits = Number(git(cwd, 'rev-list', '--count', `${from}..HEAD`) ?? 0);
  if (commits === 0) throw new UserError(`Nothing to review: no commit is ahead of ${base}.`);
  return { kind: 'branch', base, from, commits };
}
