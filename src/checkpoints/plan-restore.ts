import { isAbsolute, join, resolve } from 'node:path';
import type { KeptState } from './checkpoint-records.ts';
import type { TreeChange } from './diff-trees.ts';
import type { NestedRepositories, Trees } from './nested-repositories.ts';
import { textOfPath } from './store-git.ts';

type Places = {
  readonly root: string;
  readonly repositories: NestedRepositories;
  readonly records: readonly KeptState[];
};

export type Planned = {
  readonly prefix: string;
  readonly change: TreeChange;
  readonly full: string;
  readonly kind: 'create' | 'change' | 'delete';
  readonly isEdited: boolean;
  /** Its content now is not kept, so that it could not be brought back. */
  readonly isUnsaved: boolean;
};

export type Now = { readonly trees: Trees; readonly left: readonly string[] };

/**
 * What going back to a state changes: only files that the agent changed since. Those that others changed as well count as edited, and
 * so do files too large to keep.
 */
export async function planRestore(
  store: Places,
  target: KeptState,
  now: Now,
): Promise<{ now: Now; changes: Planned[] }> {
  const unsaved = new Set(now.left.map((path) => join(store.root, path)));
  const { touched, edited } = await findEdits(store, target, now);
  const changes = flatten(store.root, await store.repositories.diff(now.trees, target.trees));
  return {
    now,
    changes: changes
      .filter(({ full }) => touched.has(full))
      .map((each) => {
        const isUnsaved = unsaved.has(each.full);
        return { ...each, isEdited: isUnsaved || edited.has(each.full), isUnsaved };
      }),
  };
}

/**
 * The files that the agent, or a restore, changed since a state, and those that hold something of others: what differs between the end
 * of a turn and the start of the next, or now. What a restore has written is as it was in the state that it went back to.
 */
async function findEdits({ root, repositories, records }: Places, target: KeptState, now: Now) {
  const touched = new Set<string>();
  let edited: ReadonlySet<string> = new Set();
  const editedAt = new Map<string | undefined, ReadonlySet<string>>();
  const later = records.slice(records.indexOf(target));
  for (const [index, each] of later.entries()) {
    editedAt.set(each.id, edited);
    const changes = await repositories.diff(each.trees, later[index + 1]?.trees ?? now.trees);
    const changed = flatten(root, changes).map(({ full }) => full);
    if (each.kind === 'after') edited = new Set([...edited, ...changed]);
    else for (const full of changed) touched.add(full);
    if (each.kind !== 'restore' || each.goal === undefined) continue;
    const then = editedAt.get(each.goal);
    const written = new Set(changed);
    edited = new Set([
      ...[...edited].filter((full) => !written.has(full)),
      ...changed.filter((full) => then?.has(full)),
    ]);
  }
  return { touched, edited };
}

/** The changes of all repositories in one list, with absolute paths. */
export function flatten(
  root: string,
  changes: ReadonlyMap<string, readonly TreeChange[]>,
): Omit<Planned, 'isEdited' | 'isUnsaved'>[] {
  return [...changes].flatMap(([prefix, list]) =>
    list.map((change) => ({
      prefix,
      change,
      full: join(root, textOfPath(prefix + change.path)),
      kind: !change.from ? ('create' as const) : !change.to ? ('delete' as const) : ('change' as const),
    })),
  );
}

/** The part of a plan that is carried out: the paths asked for, without what others edited unless forced. */
export function choose(
  cwd: string,
  plan: { changes: readonly Planned[] },
  how: { readonly force?: boolean; readonly paths?: readonly string[]; readonly leave?: readonly string[] },
) {
  const wanted = how.paths?.map((path) => (isAbsolute(path) ? resolve(path) : resolve(cwd, path)));
  const asked = plan.changes.filter(
    ({ full }) => !wanted || wanted.some((path) => full === path || full.startsWith(`${path}/`)),
  );
  const left = new Set(how.leave);
  const done = asked.filter((each) => how.force || !(each.isEdited || left.has(each.full)));
  const changes = new Map<string, TreeChange[]>();
  for (const { prefix, change } of done) changes.set(prefix, [...(changes.get(prefix) ?? []), change]);
  return {
    changes,
    changed: done.map(({ full }) => full),
    kept: asked.filter((each) => !done.includes(each)).map(({ full }) => full),
  };
}
