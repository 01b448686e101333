import { join } from 'node:path';
import type { KeptState } from './checkpoint-records.ts';
import { type Checkpoint, type Opened, publish, record } from './kept-states.ts';
import { choose, planRestore } from './plan-restore.ts';
import type { RemovedLink, RestoreFailure } from './restore.ts';
import { readUndoStack } from './undo-stack.ts';

/**
 * What a restore would do to a file (absolute path). `isEdited`: someone else changed it after the agent did, or it is too large to
 * keep, so that it is only overwritten with `force`.
 */
export type PlannedChange = {
  readonly path: string;
  readonly kind: 'create' | 'change' | 'delete';
  readonly isEdited: boolean;
  /** It is too large to keep: overwritten, it is lost. */
  readonly isUnsaved: boolean;
};

export type Preview = { readonly checkpoint: Checkpoint; readonly changes: readonly PlannedChange[] };

export type Restored = {
  readonly checkpoint: Checkpoint;
  /** Absolute paths, as all of these. */
  readonly changed: readonly string[];
  /** Left as they are, because someone else changed them meanwhile and `force` was not given. */
  readonly kept: readonly string[];
  readonly failed: readonly RestoreFailure[];
  /** Links that stood in the place of folders. */
  readonly links: readonly RemovedLink[];
};

export type RestoreOptions = {
  /** Overwrites also what others changed, and what is in `leave`. */
  readonly force?: boolean;
  /** Only these files and folders, absolute or from cwd. */
  readonly paths?: readonly string[];
  /** Absolute paths of files that stay as they are. */
  readonly leave?: readonly string[];
};

/** A state to go back to, and what that changes. */
export type Goal = { readonly target: KeptState; readonly plan: Awaited<ReturnType<typeof planRestore>> };

/** What going back to a state would change now. */
export async function goalOf(store: Opened, target: KeptState): Promise<Goal> {
  return { target, plan: await planRestore(store, target, await store.repositories.snapshot()) };
}

/** The last turn that stands and of which something is left to take back; `before`: of those before this one. */
export async function findUndo(store: Opened, before?: string): Promise<Goal | undefined> {
  const { undo } = readUndoStack(store.records);
  const end = undo.findIndex(({ id }) => id === before);
  const now = await store.repositories.snapshot();
  for (const target of undo.slice(0, end === -1 ? undo.length : end).reverse()) {
    const plan = await planRestore(store, target, now);
    if (plan.changes.length > 0) return { target, plan };
  }
  return undefined;
}

/** The last restore that can be reversed. */
export async function findRedo(store: Opened): Promise<Goal | undefined> {
  const target = readUndoStack(store.records).redo.at(-1);
  return target && goalOf(store, target);
}

/** A plan for others to read. */
export function previewOf({ target, plan }: Goal): Preview {
  return {
    checkpoint: publish(target),
    changes: plan.changes.map(({ full, kind, isEdited, isUnsaved }) => ({ path: full, kind, isEdited, isUnsaved })),
  };
}

/** Carries a plan out. With nothing to do it leaves no record. */
export async function restoreTo(
  store: Opened,
  cwd: string,
  { target, plan }: Goal,
  how: RestoreOptions,
): Promise<Restored> {
  const { changes, changed, kept } = choose(cwd, plan, how);
  const checkpoint = publish(target);
  if (changed.length === 0) return { checkpoint, changed, kept, failed: [], links: [] };
  const label = `before going back to ${target.label}`;
  await record(store, 'restore', label, target.step, { ...plan.now, goal: target.id });
  const applied = await store.repositories.apply(changes);
  const absolute = <Found extends { readonly path: string }>(each: Found) => ({
    ...each,
    path: join(store.root, each.path),
  });
  const failed = applied.failures.map(absolute);
  const isPartial = kept.length > 0 || failed.length > 0;
  const end = await store.repositories.snapshot();
  await record(store, 'after', target.label, target.step, { ...end, ...(isPartial ? { isPartial } : {}) });
  return {
    checkpoint,
    changed: changed.filter((full) => !failed.some(({ path }) => path === full)),
    kept,
    failed,
    links: applied.links.map(absolute),
  };
}
