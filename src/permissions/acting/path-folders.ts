import { isAbsolute } from 'node:path';
import { isInside, resolveReal } from '../path-kinds.ts';

/**
 * Folders of the workspace that are on the `PATH`, as `.venv/bin` is once it is activated: what a program there is called, the user's next command
 * may start, `ls` and `git` too. Not those of installed packages, which `npx` and `npm start` put there for themselves alone. Real paths.
 */
export function findPathFolders(roots: readonly string[], path: string | undefined): string[] {
  const real = roots.map((root) => resolveReal(root) ?? root);
  const folders = (path ?? '').split(':').filter((each) => isAbsolute(each) && !each.includes('node_modules'));
  return [...new Set(folders.map((each) => resolveReal(each) ?? each))].filter((each) =>
    real.some((root) => each !== root && isInside(root, each)),
  );
}
