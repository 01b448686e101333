import { UserError } from '../core/errors.ts';
import { runGitSafely } from '../core/process/safe-git.ts';
import { createRedactor } from '../core/text/redact.ts';
import { clip } from '../core/text/text.ts';
import { git, names } from './git.ts';

/** What a commit would hold. `staged`: what the user staged, and nothing else; `session`: the files that this session changed. */
export type CommitPlan = {
  readonly kind: 'staged' | 'session';
  /** Paths from the working tree's root. */
  readonly files: readonly string[];
  /** Of these, files that git does not know yet. */
  readonly newFiles: readonly string[];
  /** At most 24,000 characters, keys taken out: it goes to the model. */
  readonly diff: string;
  /** Subjects of the last commits: how messages look here. */
  readonly subjects: readonly string[];
  readonly root: string;
};

const maxDiff = 24_000;

/** What the user staged, else the uncommitted ones of `sessionFiles` (absolute paths). Throws UserError when there is nothing. */
export function planCommit(cwd: string, sessionFiles: readonly string[]): CommitPlan {
  const root = git(cwd, 'rev-parse', '--show-toplevel');
  if (root === undefined) throw new UserError('This folder is not in a git repository.');
  if (names(git(root, 'ls-files', '--unmerged', '-z')).length > 0)
    throw new UserError('A merge has conflicts that are not solved; solve them first.');
  const subjects = (git(root, 'log', '-8', '--format=%s') ?? '').split('\n').filter((line) => line !== '');
  const staged = names(git(root, 'diff', '--cached', '--name-only', '-z', '--no-renames'));
  if (staged.length > 0) {
    const diff = git(root, 'diff', '--cached') ?? '';
    return { kind: 'staged', files: staged, newFiles: [], diff: clipDiff(diff), subjects, root };
  }
  const own = new Set(
    sessionFiles.flatMap((path) => (path.startsWith(`${root}/`) ? [path.slice(root.length + 1)] : [])),
  );
  const changed = names(git(root, 'diff', '--name-only', '-z', '--no-renames', 'HEAD')).filter((path) => own.has(path));
  const newFiles = names(git(root, 'ls-files', '--others', '--exclude-standard', '-z')).filter((path) => own.has(path));
  const files = [...changed, ...newFiles];
  if (files.length === 0)
    throw new UserError(
      'Nothing to commit: nothing is staged, and no file that this session changed has uncommitted changes.',
    );
  const tracked = changed.length === 0 ? '' : (git(root, 'diff', 'HEAD', '--', ...changed) ?? '');
  const added = newFiles.map((path) => newFileDiff(root, path)).join('\n');
  return { kind: 'session', files, newFiles, diff: clipDiff(`${tracked}\n${added}`), subjects, root };
}

function newFileDiff(root: string, path: string): string {
  return runGitSafely(root, ['diff', '--no-index', '--', '/dev/null', path], [0, 1]) ?? `new file ${path}`;
}

function clipDiff(diff: string): string {
  return clip(createRedactor([])(diff.trim()), maxDiff, (omitted) => `${omitted} characters of the diff left out`);
}
