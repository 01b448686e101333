import { UserError } from '../core/errors.ts';
import { appendRecord, type KeptState } from './checkpoint-records.ts';
import type { NestedRepositories, Trees } from './nested-repositories.ts';

/** A state that can be gone back to. `left`: files that were too large or unreadable and are not in it. */
export type Checkpoint = Pick<KeptState, 'id' | 'kind' | 'label' | 'step' | 'at' | 'left'>;

/** The store of a folder, and what one session has kept in it. */
export type Opened = {
  readonly root: string;
  readonly repositories: NestedRepositories;
  readonly recordsPath: string;
  readonly records: KeptState[];
};

type Kept = {
  readonly trees: Trees;
  readonly left: readonly string[];
} & { readonly [Fact in 'goal' | 'isPartial']?: KeptState[Fact] };

/** Keeps a state under an id of its own. */
export async function record(
  store: Opened,
  kind: KeptState['kind'],
  label: string,
  step: number,
  { trees, left, goal, isPartial }: Kept,
): Promise<KeptState> {
  const session = store.recordsPath.slice(store.recordsPath.lastIndexOf('/') + 1, -'.jsonl'.length);
  const id = `${session}.${store.records.length + 1}`;
  const made: KeptState = {
    id,
    kind,
    label,
    step,
    at: new Date().toISOString(),
    trees,
    left: [...left].slice(0, 1000),
    ...(goal === undefined ? {} : { goal }),
    ...(isPartial ? { isPartial } : {}),
  };
  await store.repositories.keep(id, trees);
  appendRecord(store.recordsPath, made);
  store.records.push(made);
  return made;
}

/** Throws UserError for an unknown id. */
export function find(store: Opened, id: string): KeptState {
  const found = store.records.find((each) => each.id === id);
  if (found) return found;
  throw new UserError(`There is no checkpoint ${id} in this session.`);
}

/** What others may know of a kept state. */
export function publish({ id, kind, label, step, at, left }: KeptState): Checkpoint {
  return { id, kind, label, step, at, left };
}
