import { join } from 'node:path';
import type { ReadingGate } from '../core/disk/reading-gate.ts';
import { looksSecret } from '../core/disk/secret-paths.ts';
import { UserError } from '../core/errors.ts';
import { runGitSafely } from '../core/git/ask-git.ts';
import type { CommitPlan } from '../core/run/commit-plan.ts';
import { clip } from '../core/text/clip.ts';
import { count } from '../core/text/count.ts';
import { createRedactor } from '../core/text/redact.ts';
import { statesOf } from './commit-states.ts';
import { git, names, noRepository } from './users-git.ts';

const maxDiff = 24_000;

/** Absolute paths that a session changed by its tools, and that changed meanwhile. */
export type SessionChanges = {
  readonly edited: readonly string[];
  readonly meanwhile: readonly string[];
  /** Those that had uncommitted changes before the session. */
  readonly dirtyBefore: readonly string[];
};

/**
 * What the user staged, else what is uncommitted of the session's changes; its diff, which the model gets, leaves out what a rule on reading closes and
 * what looks like it holds secrets. Throws UserError when there is nothing.
 */
export function planCommit(cwd: string, session: SessionChanges, gate: ReadingGate): CommitPlan {
  const root = git(cwd, 'rev-parse', '--show-toplevel');
  if (root === undefined) throw new UserError(noRepository);
  if (names(git(root, 'ls-files', '--unmerged', '-z')).length > 0)
    throw new UserError('A merge has conflicts that are not solved; solve them first.');
  const isClosed = (path: string) => looksSecret(path) || gate.whyClosed(join(root, path)) !== undefined;
  const subjects = (git(root, 'log', '-8', '--format=%s') ?? '').split('\n').filter((line) => line !== '');
  const staged = names(git(root, 'diff', '--cached', '--name-only', '-z', '--no-renames'));
  if (staged.length > 0) {
    const closed = staged.filter(isClosed);
    const diff =
      git(root, 'diff', '--cached', '--', '.', ...closed.map((path) => `:(top,literal,exclude)${path}`)) ?? '';
    const none = { others: [], mixed: [], leftCount: 0, newFiles: [] };
    const states = statesOf(root, 'staged', staged);
    return { kind: 'staged', files: staged, ...none, diff: clipDiff(diff, closed.length), subjects, root, states };
  }
  const changed = names(git(root, 'diff', '--name-only', '-z', '--no-renames', 'HEAD'));
  const untracked = names(git(root, 'ls-files', '--others', '--exclude-standard', '-z'));
  const among = (paths: readonly string[]) => {
    const own = new Set(paths.flatMap((path) => (path.startsWith(`${root}/`) ? [path.slice(root.length + 1)] : [])));
    return [...changed, ...untracked].filter((path) => own.has(path));
  };
  const edited = among(session.edited);
  const meanwhile = among(session.meanwhile);
  const [files, others] = edited.length > 0 ? [edited, meanwhile] : [meanwhile, []];
  const newFiles = untracked.filter((path) => files.includes(path) || others.includes(path));
  if (files.length === 0)
    throw new UserError(
      'Nothing to commit: nothing is staged, and no file that this session changed has uncommitted changes.',
    );
  const shown = files.filter((path) => !isClosed(path));
  const known = shown.filter((path) => !newFiles.includes(path)).map(literally);
  const tracked = known.length === 0 ? '' : (git(root, 'diff', 'HEAD', '--', ...known) ?? '');
  const added = newFiles
    .filter((path) => shown.includes(path))
    .map((path) => newFileDiff(root, path))
    .join('\n');
  const mixed = among(session.dirtyBefore).filter((path) => files.includes(path));
  const leftCount = changed.length + untracked.length - files.length - others.length;
  const diff = clipDiff(`${tracked}\n${added}`, files.length - shown.length);
  const states = statesOf(root, 'session', [...files, ...others]);
  return { kind: 'session', files, others, mixed, leftCount, newFiles, diff, subjects, root, states };
}

function newFileDiff(root: string, path: string): string {
  return runGitSafely(root, ['diff', '--no-index', '--', '/dev/null', path], [0, 1]) ?? `new file ${path}`;
}

function clipDiff(diff: string, closed: number): string {
  const text = clip(
    createRedactor([])(diff.trim()),
    maxDiff,
    (omitted) => `${omitted} characters of the diff left out`,
  );
  return closed === 0 ? text : `${text}\n(${count(closed, 'file')} that may not be read: its changes are not shown)`;
}

/** A name that git takes for a name, not for a pattern. */
export function literally(path: string): string {
  return `:(top,literal)${path}`;
}
