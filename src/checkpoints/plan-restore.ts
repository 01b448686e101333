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
};

/**
 * What going back to a state changes. Edited by others is what differs between the end of one turn and the start of the next, or now;
 * files too large to keep count as edited too, because what they hold now could not be brought back.
 */
export async function planRestore(
  store: Places,
  target: KeptState,
): Promise<{ now: { trees: Trees; left: readonly string[] }; changes: Planned[] }> {
  const now = await store.repositories.snapshot();
  const edited = new Set(now.left.map((path) => join(store.root, path)));
  const later = store.records.slice(store.records.indexOf(target));
  for (const [index, each] of later.entries()) {
    if (each.kind !== 'after') continue;
    const gap = await store.repositories.diff(each.trees, later[index + 1]?.trees ?? now.trees);
    for (const { full } of flatten(store.root, gap)) edited.add(full);
  }
  const changes = flatten(store.root, await store.repositories.diff(now.trees, target.trees));
  return { now, changes: changes.map((each) => ({ ...each, isEdited: edited.has(each.full) })) };
}

/** The changes of all repositories in one list, with absolute paths. */
export function flatten(
  root: string,
  changes: ReadonlyMap<string, readonly TreeChange[]>,
): Omit<Planned, 'isEdited'>[] {
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
  how: { readonly force?: boolean; readonly paths?: readonly string[] },
) {
  const wanted = how.paths?.map((path) => (isAbsolute(path) ? resolve(path) : resolve(cwd, path)));
  const asked = plan.changes.filter(
    ({ full }) => !wanted || wanted.some((path) => full === path || full.startsWith(`${path}/`)),
  );
  const done = asked.filter((each) => how.force || !each.isEdited);
  const changes = new Map<string, TreeChange[]>();
  for (const { prefix, change } of done) changes.set(prefix, [...(changes.get(prefix) ?? []), change]);
  return {
    changes,
    changed: done.map(({ full }) => full),
    kept: asked.filter((each) => !done.includes(each)).map(({ full }) => full),
  };
}
