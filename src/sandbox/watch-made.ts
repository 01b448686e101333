import { relative } from 'node:path';
import { statIfThere } from '../core/disk/stat-if-there.ts';
import { firstFew } from '../core/text/count.ts';
import type { Tidied, WallWatch } from '../core/wrapped-command.ts';

/** Sets aside what may not be there. `isDue`: whether it is this one's turn; without it all is. */
export type Tidy = (isDue?: (path: string) => boolean) => Promise<Tidied | undefined>;

/** A look may take a while in a large workspace; it is rather made less often. */
const betweenMs = 3_000;
const mostOfTime = 0.05;

/**
 * A command may run for hours, and what it makes that runs code would be there all the while. So it is looked for meanwhile, too: what stands at two
 * looks is set aside (tests make such things and remove them at once), and a command that makes the same once more is ended.
 */
export function watchMade(watch: WallWatch, tidy: Tidy, warn: (message: string) => void, root: string) {
  const early: Tidied[] = [];
  const watchBoth: WallWatch = (onBroken) => {
    const walls = watch(onBroken);
    const taken = new Set<string>();
    let seen = new Set<string>();
    let words: string | undefined;
    let isClosed = false;
    let timer: NodeJS.Timeout | undefined;
    const look = async () => {
      const startedAt = performance.now();
      const now = new Set<string>();
      const again: string[] = [];
      const tidied = await tidy((path) => {
        const state = statIfThere(path);
        // Another one at the same place has its own time.
        const identity = `${path} ${state?.ino} ${state?.birthtimeMs}`;
        now.add(identity);
        const isDue = seen.has(identity) || taken.has(path);
        if (taken.has(path)) again.push(relative(root, path));
        if (isDue) taken.add(path);
        return isDue;
      });
      seen = now;
      if (tidied) {
        early.push(tidied);
        warn(`A command that nobody was asked about still runs. It ${tidied.wants ?? `left this: ${tidied.note}`}.`);
      }
      if (isClosed) return;
      if (again.length === 0) return plan((performance.now() - startedAt) / mostOfTime);
      words = `${firstFew(again, 4)} was made once more after it had been set aside, and can run code: the command was ended, and what it printed is held back. Tell the user.`;
      onBroken();
    };
    const plan = (ms: number) => {
      // A look that fails, as in a folder that goes meanwhile, is not the last: there is one at the end.
      timer = setTimeout(() => void look().catch(() => plan(0)), Math.max(betweenMs, ms)).unref();
    };
    plan(0);
    const close = () => {
      isClosed = true;
      clearTimeout(timer);
      walls.close();
    };
    return { check: async () => words ?? (await walls.check()), close, clean: walls.clean };
  };
  return { watch: watchBoth, early };
}
