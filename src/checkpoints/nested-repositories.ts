import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { KeptFolder } from '../core/disk/kept-folder.ts';
import { diffTrees, type PatchUse, patchBetween, type TreeChange } from './diff-trees.ts';
import { type Applied, applyChanges, type RemovedLink, type RestoreFailure } from './restore.ts';
import { openStore, type SnapshotStore, type StoreOptions } from './snapshot-store.ts';
import { textOfPath } from './store-git.ts';

/** Trees by repository: the workspace under the empty name, submodules and other nested repositories under `folder/`. */
export type Trees = { readonly [prefix: string]: string };

export type NestedRepositories = {
  readonly snapshot: () => Promise<{
    readonly trees: Trees;
    readonly left: readonly string[];
    readonly tooMany: readonly string[];
  }>;
  readonly keep: (name: string, trees: Trees) => Promise<void>;
  /** What the last snapshot looked at; repositories inside others come first. */
  readonly keptFolders: () => readonly KeptFolder[];
  /** Those of some files (absolute) that the last snapshot did not keep. */
  readonly findUnkept: (paths: readonly string[]) => Promise<readonly string[]>;
  /** What differs, by repository; one that is missing on either side is passed over. */
  readonly diff: (from: Trees, to: Trees) => Promise<ReadonlyMap<string, readonly TreeChange[]>>;
  /** One patch, its paths from the workspace. To be applied, it has the files of repositories that were made meanwhile, too. */
  readonly patch: (from: Trees, to: Trees, use: PatchUse) => Promise<string>;
  readonly apply: (changes: ReadonlyMap<string, readonly TreeChange[]>) => Promise<Applied>;
  readonly close: () => void;
};

const maxNested = 40;

/** A store for the workspace and one for each repository inside it, since git does not look into those. */
export function createNestedRepositories(options: StoreOptions, signal: () => AbortSignal): NestedRepositories {
  const stores = new Map<string, SnapshotStore>();
  let folders: readonly KeptFolder[] = [];
  const open = async (prefix: string): Promise<SnapshotStore> => {
    const opened = stores.get(prefix);
    if (opened) return opened;
    const { known: _, ...shared } = options;
    const nested = () => ({
      ...shared,
      root: join(options.root, textOfPath(prefix)),
      folder: join(options.folder, 'nested', createHash('sha256').update(prefix).digest('hex').slice(0, 12)),
    });
    const store = await openStore(prefix === '' ? options : nested(), signal);
    stores.set(prefix, store);
    return store;
  };
  return {
    snapshot: async () => {
      const trees: { [prefix: string]: string } = {};
      const left: string[] = [];
      const tooMany: string[] = [];
      const waiting = [''];
      const looked: KeptFolder[] = [];
      for (let prefix = waiting.shift(); prefix !== undefined; prefix = waiting.shift()) {
        const store = await open(prefix);
        const found = await store.snapshot();
        const onDisk = (path: string) => join(store.root, textOfPath(path));
        const { root, environment } = store;
        looked.unshift({ root, environment, left: [...found.left, ...found.tooMany].map(onDisk) });
        trees[prefix] = found.tree;
        left.push(...found.left.map((path) => textOfPath(prefix + path)));
        tooMany.push(...found.tooMany.map((path) => textOfPath(prefix + path)));
        const fits = maxNested - waiting.length - Object.keys(trees).length;
        waiting.push(...found.nested.slice(0, Math.max(fits, 0)).map((path) => prefix + path));
      }
      folders = looked;
      return { trees, left, tooMany };
    },
    keptFolders: () => folders,
    findUnkept: async (paths) => {
      const missing: string[] = [];
      for (const path of paths) {
        const place = join(realpathSync(dirname(path)), basename(path));
        const root = folders.find((folder) => place.startsWith(`${folder.root}/`))?.root;
        const store = [...stores.values()].find((each) => each.root === root);
        const held = await store?.git(['ls-files', '-z', '--', `:(literal)${relative(store.root, place)}`]);
        if (!held?.length) missing.push(path);
      }
      return missing;
    },
    keep: async (name, trees) => {
      for (const [prefix, tree] of Object.entries(trees)) await (await open(prefix)).keep(name, tree);
    },
    diff: async (from, to) => {
      const changes = new Map<string, readonly TreeChange[]>();
      for (const [prefix, tree] of Object.entries(from)) {
        const other = to[prefix];
        if (other !== undefined && other !== tree)
          changes.set(prefix, await diffTrees(await open(prefix), tree, other));
      }
      return changes;
    },
    patch: async (from, to, use) => {
      let text = '';
      for (const [prefix, tree] of withPatch(from, to, use))
        text += await patchBetween(await open(prefix), { from: from[prefix], to: tree, prefix, use });
      return text;
    },
    apply: async (changes) => {
      const failures: RestoreFailure[] = [];
      const links: RemovedLink[] = [];
      for (const [prefix, list] of changes) {
        const found = await applyChanges(await open(prefix), list, { root: options.root, prefix });
        const named = <Found extends { readonly path: string }>(each: Found) => ({
          ...each,
          path: textOfPath(prefix) + each.path,
        });
        failures.push(...found.failures.map(named));
        links.push(...found.links.map(named));
      }
      return { failures, links };
    },
    close: () => {
      for (const store of stores.values()) store.close();
      stores.clear();
    },
  };
}

/** The repositories that a patch is made of. Where there were more than are kept, one that was missing may be no new one. */
function withPatch(from: Trees, to: Trees, use: PatchUse): [string, string][] {
  const showsNew = use === 'toApply' && Object.keys(from).length < maxNested;
  return Object.entries(to).filter(([prefix]) => showsNew || from[prefix] !== undefined);
}
