import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { KeptFolder } from '../core/disk/kept-folder.ts';
import { messageOf, UserError } from '../core/errors.ts';
import { folderSlug } from '../core/text/slug.ts';
import { readCheckpointRecords } from './checkpoint-records.ts';
import type { PatchUse } from './diff-trees.ts';
import {
  findRedo,
  findUndo,
  goalOf,
  type Preview,
  previewOf,
  type Restored,
  type RestoreOptions,
  restoreTo,
} from './go-back.ts';
import { type Checkpoint, find, type Opened, publish, record } from './kept-states.ts';
import { createNestedRepositories } from './nested-repositories.ts';
import { flatten } from './plan-restore.ts';
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

/** A patch, the folder that its paths are relative to, and the absolute paths of the files. */
export type Difference = { readonly patch: string; readonly root: string; readonly files: readonly string[] };

export type Checkpoints = {
  /** Keeps the state of all files before a turn's first change. Never throws: undefined means that it could not, see `problem`. */
  readonly snapshot: (label: string, step: number) => Promise<Checkpoint | undefined>;
  /** Keeps a state in the middle of a turn, to which `undo` does not go back by itself. Never throws. */
  readonly keepBetween: (kind: 'green' | 'message', label: string, step: number) => Promise<void>;
  /**
   * Notes what the agent left when it stopped working, so that later edits of others are known, and gives the absolute paths that changed
   * since the turn's snapshot, those that commands changed included; none when there is no snapshot. `step`: how many steps there are; when
   * there are more than the last time, what has changed meanwhile is the agent's, too.
   */
  readonly finishTurn: (step: number) => Promise<readonly string[]>;
  /** The states before each turn's changes, those in which the checks were green, and those before changes for words said meanwhile; oldest first. */
  readonly list: () => readonly Checkpoint[];
  /** Throws UserError for an unknown id, or when checkpoints are not available. */
  readonly preview: (id: string) => Promise<Preview>;
  readonly restore: (id: string, options?: RestoreOptions) => Promise<Restored>;
  /**
   * What `undo` would do, or `redo`: of a turn that stands and changed something, the last one, or the last before that of a checkpoint.
   * A turn of which files were left in place still stands. Undefined when there isn't one.
   */
  readonly nextUndo: (before?: string) => Promise<Preview | undefined>;
  readonly nextRedo: () => Promise<Preview | undefined>;
  /** Goes back to before the last turn that changed something; undefined when there isn't one. */
  readonly undo: (options?: RestoreOptions) => Promise<Restored | undefined>;
  readonly redo: (options?: RestoreOptions) => Promise<Restored | undefined>;
  /** What differs now from a checkpoint; the patch is by default one to be read. */
  readonly diffSince: (id: string, use?: PatchUse) => Promise<Difference>;
  /** Those of some files (absolute) that the last snapshot did not keep. */
  readonly findUnkept: (paths: readonly string[]) => Promise<readonly string[]>;
  /** Folders (`/` at their end) and files of which there are too many, or too much, to be kept; changes in them can't be undone. */
  readonly tooMany: () => readonly string[];
  /** The folders that the last snapshot kept, those inside others first; none when it could not be taken. */
  readonly keptFolders: () => readonly KeptFolder[];
  /** Why the last snapshot could not be taken, as a sentence; undefined when all is well. */
  readonly problem: () => string | undefined;
  readonly close: () => Promise<void>;
};

/** Checkpoints of one session. Nothing is started before the first use. */
export function createCheckpoints(options: CheckpointOptions): Checkpoints {
  let opened: Promise<Opened> | undefined;
  let problem: string | undefined;
  let tooMany: readonly string[] = [];
  let tail: Promise<unknown> = Promise.resolve();
  let known: Opened['records'] = [];
  let keptFolders: readonly KeptFolder[] = [];

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
  return {
    snapshot: async (label, step) => {
      try {
        return await inOrder(async (store) => {
          const state = await store.repositories.snapshot();
          tooMany = state.tooMany;
          keptFolders = store.repositories.keptFolders();
          const made = await record(store, 'before', label, step, state);
          problem = undefined;
          return publish(made);
        });
      } catch (error) {
        keptFolders = [];
        problem = `No checkpoint could be made: ${reasonOf(error)}. The task continues; its changes can't be undone with /undo.`;
        return undefined;
      }
    },
    keepBetween: async (kind, label, step) => {
      if (problem) return;
      await inOrder(async (store) => record(store, kind, label, step, await store.repositories.snapshot())).catch(
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
        .filter(({ kind }) => kind === 'before' || kind === 'green' || kind === 'message')
        .map(publish),
    preview: (id) => orUserError(async (store) => previewOf(await goalOf(store, find(store, id)))),
    restore: (id, how = {}) =>
      orUserError(async (store) => restoreTo(store, options.cwd, await goalOf(store, find(store, id)), how)),
    nextUndo: (before) =>
      orUserError(async (store) => {
        const goal = await findUndo(store, before);
        return goal && previewOf(goal);
      }),
    nextRedo: () =>
      orUserError(async (store) => {
        const goal = await findRedo(store);
        return goal && previewOf(goal);
      }),
    undo: (how = {}) =>
      orUserError(async (store) => {
        const goal = await findUndo(store);
        return goal && restoreTo(store, options.cwd, goal, how);
      }),
    redo: (how = {}) =>
      orUserError(async (store) => {
        const goal = await findRedo(store);
        return goal && restoreTo(store, options.cwd, goal, how);
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
    findUnkept: (paths) => orUserError(({ repositories }) => repositories.findUnkept(paths)),
    tooMany: () => tooMany,
    keptFolders: () => keptFolders,
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
    known: { user },
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

/** Records the end of a turn, unless that was done; gives the paths that differ from the snapshot before it. */
async function recordEnd(store: Opened, step: number): Promise<string[]> {
  const last = store.records.at(-1);
  if (last?.kind === 'after' && last.step >= step) return [];
  const base = store.records.findLast(({ kind }) => kind === 'before' || kind === 'restore');
  const { trees } = await record(store, 'after', 'end of turn', step, await store.repositories.snapshot());
  if (base?.kind !== 'before') return [];
  return flatten(store.root, await store.repositories.diff(base.trees, trees)).map(({ full }) => full);
}

function reasonOf(error: unknown): string {
  return messageOf(error).replace(/\.$/, '');
}
