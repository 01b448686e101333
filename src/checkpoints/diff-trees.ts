import { isUtf8 } from 'node:buffer';
import { writeBinaryPart } from './binary-patch.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import { splitNul, textOfPath } from './store-git.ts';

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

/** `toRead`: a unified diff; of a file that is no text it only says that it differs. `toApply`: with the content of every file, so that `git apply` can use it. */
export type PatchUse = 'toRead' | 'toApply';

export type PatchOptions = {
  /** Undefined: there were no files at all. */
  readonly from: string | undefined;
  readonly to: string;
  /** Stands before each path (bytes as characters). */
  readonly prefix: string;
  readonly use: PatchUse;
};

/** The changes between two trees, as git writes them. */
export async function patchBetween(store: SnapshotStore, { from, to, prefix, use }: PatchOptions): Promise<string> {
  if (from === to) return '';
  const folder = textOfPath(prefix);
  // Git writes the names of a rename without the prefix.
  const renames = prefix === '' ? '--find-renames' : '--no-renames';
  const paths = [`--src-prefix=a/${folder}`, `--dst-prefix=b/${folder}`];
  const words = ['diff-tree', '-r', '-p', '--no-color', '--no-ext-diff', '--no-textconv', renames, ...paths];
  const trees = [from ?? (await emptyTree(store)), to];
  if (use === 'toRead') return (await store.git(['-c', 'core.quotePath=false', ...words, ...trees])).toString('utf8');
  const output = await store.git([...words, '--binary', '--full-index', ...trees]);
  if (isUtf8(output)) return output.toString('utf8');
  const parts: string[] = [];
  for (const part of output.toString('latin1').split(/(?<=\n)(?=diff --git )/)) {
    const bytes = Buffer.from(part, 'latin1');
    // Text in another encoding would be damaged as a string.
    parts.push(isUtf8(bytes) ? bytes.toString('utf8') : await writeBinaryPart(store, part));
  }
  return parts.join('');
}

async function emptyTree(store: SnapshotStore): Promise<string> {
  return (await store.git(['hash-object', '-t', 'tree', '--stdin'], Buffer.alloc(0))).toString('latin1').trim();
}
