import { lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pinFolder } from '../../src/core/disk/pinned-folder.ts';

/**
 * Those of the names below a folder, given by its real path, that lie in it and not in another that a link led to for a moment: a command
 * that runs meanwhile can swap folders for links while they are listed.
 */
export async function trueNames(folder: string, names: readonly string[]): Promise<string[]> {
  const parents = new Map<string, string[]>();
  for (const name of names) parents.set(dirname(name), [...(parents.get(dirname(name)) ?? []), name]);
  const found = new Set<string>();
  for (const [parent, children] of parents) {
    const held = await pinFolder(join(folder, parent)).catch(() => undefined);
    if (!held) continue;
    for (const child of children)
      if (lstatSync(join(held.path, basename(child)), { throwIfNoEntry: false })) found.add(child);
    await held.close();
  }
  return names.filter((name) => found.has(name));
}
