import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { git } from './users-git.ts';

const locks = /^(index|next-index-\d+)\.lock$/;

/**
 * Remembers the index of a repository; the function that it gives puts it back as it was, also where a hook has staged something meanwhile, and
 * takes away the locks of a git that was killed. To be called once git has ended.
 */
export function keepIndex(root: string): () => void {
  const path = resolve(root, git(root, 'rev-parse', '--git-path', 'index') ?? '.git/index');
  const folder = dirname(path);
  const before = new Set(readdirSync(folder).filter((name) => locks.test(name)));
  const kept = existsSync(path) ? readFileSync(path) : undefined;
  return () => {
    const left = readdirSync(folder).filter((name) => locks.test(name) && !before.has(name));
    for (const name of left) rmSync(resolve(folder, name), { force: true });
    if (kept === undefined) return rmSync(path, { force: true });
    const copy = `${path}.${process.pid}`;
    writeFileSync(copy, kept, { mode: 0o644 });
    renameSync(copy, path);
  };
}
