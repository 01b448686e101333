import { createHash } from 'node:crypto';
import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { CommitPlan } from '../core/run/commit-plan.ts';
import { git, names } from './users-git.ts';

/** Of larger files the size and the time are taken, in bytes. */
const maxRead = 20_000_000;

/** What a commit of these files would hold now, by their paths: what is staged of them, else what is on the disk. */
export function statesOf(root: string, kind: CommitPlan['kind'], files: readonly string[]): Record<string, string> {
  if (kind === 'session') return Object.fromEntries(files.map((path) => [path, stateOnDisk(join(root, path))]));
  const staged = names(git(root, 'ls-files', '--stage', '-z')).map((entry) => entry.split('\t', 2));
  const known = new Map(staged.map(([state = '', path = '']) => [path, state]));
  return Object.fromEntries(files.map((path) => [path, known.get(path) ?? 'deleted']));
}

/** The files of a plan that are not what they were when it was made. */
export function changedSince(plan: Pick<CommitPlan, 'kind' | 'files' | 'root' | 'states'>): string[] {
  const now = statesOf(plan.root, plan.kind, plan.files);
  return plan.files.filter((path) => plan.states[path] !== now[path]);
}

function stateOnDisk(path: string): string {
  try {
    const { mode, size, mtimeMs } = lstatSync(path);
    if (size > maxRead) return `${mode} ${size} ${mtimeMs}`;
    const isLink = (mode & 0o170_000) === 0o120_000;
    const content = isLink ? readlinkSync(path) : readFileSync(path);
    return `${mode} ${createHash('sha256').update(content).digest('hex')}`;
  } catch {
    return 'deleted';
  }
}
