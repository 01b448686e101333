import type { SnapshotStore } from './snapshot-store.ts';
import { splitNul } from './store-git.ts';

/** A path whose content or kind differs between two trees. `from` is undefined for a new path, `to` for one that is gone. */
export type TreeChange = {
  readonly path: string;
  readonly from: TreeEntry | undefined;
  readonly to: TreeEntry | undefined;
};

/** `mode` as git writes it: 100644, 100755 (may be run) or 120000 (a link). */
export type TreeEntry = { readonly mode: string; readonly blob: string };

/** What differs between two trees of a store, by path (bytes as characters). Throws GitError. */
export async function diffTrees(store: SnapshotStore, from: string, to: string): Promise<TreeChange[]> {
  if (from === to) return [];
  const items = splitNul(await store.git(['diff-tree', '-r', '-z', '--no-renames', '--raw', from, to]));
  const changes: TreeChange[] = [];
  for (let at = 0; at + 1 < items.length; at += 2) {
    const [oldMode = '', newMode = '', oldBlob = '', newBlob = ''] = items[at]!.slice(1).split(' ');
    changes.push({ path: items[at + 1]!, from: entryOf(oldMode, oldBlob), to: entryOf(newMode, newBlob) });
  }
  return changes;
}

function entryOf(mode: string, blob: string): TreeEntry | undefined {
  return mode === '000000' ? undefined : { mode, blob };
}

/** A unified diff between two trees, as git writes it. */
export async function patchBetween(store: SnapshotStore, from: string, to: string): Promise<string> {
  if (from === to) return '';
  const output = await store.git([
    'diff-tree',
    '-r',
    '-p',
    '--no-color',
    '--no-ext-diff',
    '--no-textconv',
    '--find-renames',
    from,
    to,
  ]);
  return output.toString('utf8');
}
