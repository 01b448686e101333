import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { messageOf, UserError } from '../core/errors.ts';
import { folderSlug } from '../core/text/slug.ts';
import { appendRecord, type KeptState, readCheckpointRecords } from './checkpoint-records.ts';
import type { PatchUse } from './diff-trees.ts';
import { createNestedRepositories, type NestedRepositories, type Trees } from './nested-repositories.ts';
import { choose, flatten, planRestore } from './plan-restore.ts';
import type { RestoreFailure } from './restore.ts';
import { findUserRepository } from './user-repository.ts';

export type CheckpointOptions = {
  readonly cwd: string;
  /** $WINK_HOME: the stores live in its folder `checkpoints`. */
  readonly home: string;
  readonly session: string;
  /** Files larger than this are left out; default 10 MB. */
  readonly maxBytes?: number;
  /** Longest time for one snapshot before it is given up, in milliseconds; default 60 s. */
  readonly timeoutMs?: number;
};

/** A state that can be gone back to. `left`: files that were too large or unreadable and are not in it. */
export type Checkpoint = Pick<KeptState, 'id' | 'kind' | 'label' | 'step' | 'at' | 'left'>;

/**
 * What a restore would do to a file (absolute path). `isEdited`: someone else changed it after the agent did, or it is too large to
 * keep, so that it is only overwritten with `force`.
 */
export type PlannedChange = {
  readonly path: string;
  readonly kind: 'create' | 'change' | 'delete';
  readonly isEdited: boolean;
};

export type Preview = { readonly checkpoint: Checkpoint; readonly changes: readonly PlannedChange[] };

export type Restored = {
  readonly checkpoint: Checkpoint;
  /** The state just before this restore: restoring it takes the restore back. */
  readonly before: Checkpoint;
  readonly changed: readonly string[];
  /** Left as they are, because someone else changed them meanwhile and `force` was not given. */
  readonly kept: readonly string[];
  readonly failed: readonly RestoreFailure[];
};

export type RestoreOptions = {
  readonly force?: boolean /** Only these files and folders, absolute or from cwd. */;
  readonly paths?: readonly string[];
};

/** A patch, the folder that its paths are relative to, and the absolute paths of the files. */
export type Difference = { readonly patch: string; readonly root: string; readonly files: readonly string[] };

export type Checkpoints = {
  /** Keeps the state of all files before a turn's first change. Never throws: undefined means that it could not, see `problem`. */
  readonly snapshot: (label: string, step: number) => Promise<Checkpoint | undefined>;
  /** Keeps the state in which the checks were last green, before it is changed again. Never throws. */
  readonly keepGreen: (label: string, step: number) => Promise<void>;
  /**
   * Notes what the agent left when it stopped working, so that later edits of others are known, and gives the absolute paths that changed
   * since the turn's snapshot, those that commands changed included; none when there is no snapshot. `step`: how many steps there are; when
   * there are more than the last time, what has changed meanwhile is the agent's, too.
   */
  readonly finishTurn: (step: number) => Promise<readonly string[]>;
  /** The states before each turn's changes, and those in which the checks were green, oldest first. */
  readonly list: () => readonly Checkpoint[];
  /** Throws UserError for an unknown id, or when checkpoints are not available. */
  readonly preview: (id: string) => Promise<Preview>;
  readonly restore: (id: string, options?: RestoreOptions) => Promise<Restored>;
  /** Goes back to before the last turn that changed something; undefined when there isn't one. */
  readonly undo: (options?: RestoreOptions) => Promise<Restored | undefined>;
  readonly redo: (options?: RestoreOptions) => Promise<Restored | undefined>;
  /** What differs now from a checkpoint; the patch is by default one to be read. */
  readonly diffSince: (id: string, use?: PatchUse) => Promise<Difference>;
  /** Folders (`/` at their end) and files of which there are too many, or too much, to be kept; changes in them can't be undone. */
  readonly tooMany: () => readonly string[];
  /** Why the last snapshot could not be taken, as a sentence; undefined when all is well. */
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
};

type Opened = {
  readonly root: string;
  readonly repositories: NestedRepositories;
  readonly recordsPath: string;
  readonly records: KeptState[];
};

/** Checkpoints of one session. Nothing is started before the first use. */
export function createCheckpoints(options: CheckpointOptions): Checkpoints {
  let opened: Promise<Opened> | undefined;
  let problem: string | undefined;
  let tooMany: readonly string[] = [];
  let undoDepth = 0;
  let redoable: string[] = [];
  let tail: Promise<unknown> = Promise.resolve();
  let known: readonly KeptState[] = [];

  const inOrder = <Value>(act: (store: Opened) => Promise<Value>): Promise<Value> => {
    const result = tail.then(async () => {
      opened ??= openAll(options);
      const store = await opened.catch((error: unknown) => {
        opened = undefined;
        throw error;
      });
      known = store.records;
      return act(store);
    });
    tail = result.catch(() => {});
    return result;
  };
  const orUserError = <Value>(act: (store: Opened) => Promise<Value>) =>
    inOrder(act).catch((error: unknown) => {
      if (error instanceof UserError) throw error;
      throw new UserError(`Checkpoints are not available: ${reasonOf(error)}.`);
    });
  const restoreTo = async (store: Opened, target: KeptState, how: RestoreOptions): Promise<Restored> => {
    const plan = await planRestore(store, target);
    const before = await record(store, 'restore', `before going back to ${target.label}`, target.step, plan.now);
    const chosen = choose(options.cwd, plan, how);
    const failed = await store.repositories.apply(chosen.changes);
    await record(store, 'after', target.label, target.step, await store.repositories.snapshot());
    return { checkpoint: publish(target), before: publish(before), changed: chosen.changed, kept: chosen.kept, failed };
  };

  return {
    snapshot: async (label, step) => {
      try {
        return await inOrder(async (store) => {
          const state = await store.repositories.snapshot();
          tooMany = state.tooMany;
          const made = await record(store, 'before', label, step, state);
          [undoDepth, redoable, problem] = [0, [], undefined];
          return publish(made);
        });
      } catch (error) {
        problem = `No checkpoint could be made: ${reasonOf(error)}. The task continues; its changes can't be undone with /undo.`;
        return undefined;
      }
    },
    keepGreen: async (label, step) => {
      if (problem) return;
      await inOrder(async (store) => record(store, 'green', label, step, await store.repositories.snapshot())).catch(
        () => {},
      );
    },
    finishTurn: async (step) => {
      if (!opened || problem) return [];
      return inOrder((store) => recordEnd(store, step)).catch((error: unknown) => {
        problem = `The end of the turn could not be noted: ${reasonOf(error)}.`;
        return [];
      });
    },
    list: () =>
      (opened ? known : readCheckpointRecords(recordsPath(options)))
        .filter(({ kind }) => kind === 'before' || kind === 'green')
        .map(publish),
    preview: (id) =>
      orUserError(async (store) => {
        const target = find(store, id);
        const plan = await planRestore(store, target);
        return {
          checkpoint: publish(target),
          changes: plan.changes.map(({ full, kind, isEdited }) => ({ path: full, kind, isEdited })),
        };
      }),
    restore: (id, how = {}) => orUserError((store) => restoreTo(store, find(store, id), how)),
    undo: (how = {}) =>
      orUserError(async (store) => {
        const befores = store.records.filter(({ kind }) => kind === 'before');
        const target = befores.at(-1 - undoDepth);
        if (!target) return undefined;
        const restored = await restoreTo(store, target, how);
        undoDepth++;
        redoable.push(restored.before.id);
        return restored;
      }),
    redo: (how = {}) =>
      orUserError(async (store) => {
        const id = redoable.pop();
        if (id === undefined) return undefined;
        undoDepth--;
        return restoreTo(store, find(store, id), how);
      }),
    diffSince: (id, use = 'toRead') =>
      orUserError(async (store) => {
        const target = find(store, id);
        const { trees } = await store.repositories.snapshot();
        const changes = await store.repositories.diff(target.trees, trees);
        return {
          patch: await store.repositories.patch(target.trees, trees, use),
          root: store.root,
          files: flatten(store.root, changes).map(({ full }) => full),
        };
      }),
    tooMany: () => tooMany,
    problem: () => problem,
    close: async () => {
      await tail;
      const store = await opened?.catch(() => undefined);
      store?.repositories.close();
      opened = undefined;
    },
  };
}

async function openAll(options: CheckpointOptions): Promise<Opened> {
  const signal = () => AbortSignal.timeout(options.timeoutMs ?? 60_000);
  const user = await findUserRepository(options.cwd, signal());
  const root = user?.root ?? options.cwd;
  if (root === '/' || resolve(root) === resolve(homedir()))
    throw new Error(`${root} is too large a folder to keep copies of; start in the folder of a project`);
  const store = {
    root,
    folder: join(options.home, 'checkpoints', folderSlug(root)),
    maxBytes: options.maxBytes ?? 10_000_000,
    home: options.home,
  };
  const path = recordsPath(options);
  return {
    root,
    repositories: createNestedRepositories(store, signal),
    recordsPath: path,
    records: readCheckpointRecords(path),
  };
}

function recordsPath(options: CheckpointOptions): string {
  return join(options.home, 'checkpoints', 'sessions', `${options.session}.jsonl`);
}

async function record(
  store: Opened,
  kind: KeptState['kind'],
  label: string,
  step: number,
  state: { trees: Trees; left: readonly string[] },
): Promise<KeptState> {
  const session = store.recordsPath.slice(store.recordsPath.lastIndexOf('/') + 1, -'.jsonl'.length);
  const id = `${session}.${store.records.length + 1}`;
  const made: KeptState = {
    id,
    kind,
    label,
    step,
    at: new Date().toISOString(),
    trees: state.trees,
    left: [...state.left].slice(0, 1000),
  };
  await store.repositories.keep(id, state.trees);
  appendRecord(store.recordsPath, made);
  store.records.push(made);
  return made;
}

/** Records the end of a turn, unless that was done; gives the paths that differ from the snapshot before it. */
async function recordEnd(store: Opened, step: number): Promise<string[]> {
  const last = store.records.at(-1);
  if (last?.kind === 'after' && last.step >= step) return [];
  const base = store.records.findLast(({ kind }) => kind === 'before' || kind === 'restore');
  const { trees } = await record(store, 'after', 'end of turn', step, await store.repositories.snapshot());
  if (base?.kind !== 'before') return [];
  return flatten(store.root, await store.repositories.diff(base.trees, trees)).map(({ full }) => full);
}

function find(store: Opened, id: string): KeptState {
  const found = store.records.find((each) => each.id === id);
  if (found) return found;
  throw new UserError(`There is no checkpoint ${id} in this session.`);
}

function publish({ id, kind, label, step, at, left }: KeptState): Checkpoint {
  return { id, kind, label, step, at, left };
}

function reasonOf(error: unknown): string {
  return messageOf(error).replace(/\.$/, '');
}
