import { relative } from 'node:path';
import { statIfThere } from '../../core/disk/stat-if-there.ts';
import { firstFew } from '../../core/text/count.ts';
import type { Tidied, WallWatch } from '../../core/wrapped-command.ts';

/** Sets aside what may not be there. `isDue`: whether it is this one's turn; without it all is. */
export type Tidy = (isDue?: (path: string) => boolean) => Promise<Tidied | undefined>;

/** A look may take a while in a large workspace; it is rather made less often. */
const betweenMs = 3_000;
const mostOfTime = 0.05;
/** Looks in a row after which it does not matter any more that each found another one at the same place. */
const looksAtMost = 5;

/** Finds what was made in folders that were there before, and sets it aside by its path. */
export type AtOnce = {
  /** Gives what ends it. */
  readonly watch: (onMade: (path: string) => void) => () => void;
  readonly setAside: (path: string) => Tidied | undefined;
};

/**
 * A command may run for hours, and what it makes that runs code would be there all the while. So it is looked for meanwhile, too: what stands at two
 * looks is set aside (tests make such things and remove them at once), or is there anew at five, and a command that makes the same once more is ended.
 * Where somebody may be, it is found `atOnce`. `early`: what was set aside so far, once a look that is under way has ended.
 */
export function watchMade(
  watch: WallWatch,
  tidy: Tidy,
  warn: (message: string) => void,
  root: string,
  atOnce?: AtOnce,
) {
  const found: Tidied[] = [];
  let looking: Promise<void> | undefined;
  const watchBoth: WallWatch = (onBroken) => {
    const walls = watch(onBroken);
    const taken = new Set<string>();
    let seen = new Set<string>();
    let looksInRow = new Map<string, number>();
    let words: string | undefined;
    let isClosed = false;
    let timer: NodeJS.Timeout | undefined;
    const look = async () => {
      const startedAt = performance.now();
      const now = new Set<string>();
      const rowNow = new Map<string, number>();
      const again: string[] = [];
      const tidied = await tidy((path) => {
        const state = statIfThere(path);
        // Another one at the same place has its own time.
        const identity = `${path} ${state?.ino} ${state?.birthtimeMs}`;
        now.add(identity);
        const looks = (looksInRow.get(path) ?? 0) + 1;
        rowNow.set(path, looks);
        const isDue = seen.has(identity) || taken.has(path) || looks >= looksAtMost;
        if (taken.has(path)) again.push(relative(root, path));
        if (isDue) taken.add(path);
        return isDue;
      });
      seen = now;
      looksInRow = rowNow;
      if (tidied) tell(tidied);
      if (isClosed) return;
      if (again.length === 0) return plan((performance.now() - startedAt) / mostOfTime);
      breakOff(again);
    };
    const tell = (tidied: Tidied) => {
      found.push(tidied);
      warn(`A command that nobody was asked about still runs. It ${tidied.wants ?? `left this: ${tidied.note}`}.`);
    };
    const breakOff = (again: readonly string[]) => {
      words = `${firstFew(again, 4)} was made once more after it had been set aside, and can run code: the command was ended, and what it printed is held back. Tell the user.`;
      onBroken();
    };
    const closeAtOnce = atOnce?.watch((path) => {
      const tidied = atOnce.setAside(path);
      if (!tidied) return;
      tell(tidied);
      if (taken.has(path)) breakOff([relative(root, path)]);
      taken.add(path);
    });
    const plan = (ms: number) => {
      if (isClosed) return;
      // A look that fails, as in a folder that goes meanwhile, is not the last: there is one at the end.
      const begin = () => {
        looking = look().catch(() => plan(0));
      };
      timer = setTimeout(begin, Math.max(betweenMs, ms)).unref();
    };
    plan(0);
    const close = () => {
      isClosed = true;
      clearTimeout(timer);
      closeAtOnce?.();
      walls.close();
    };
    return { check: async () => words ?? (await walls.check()), close, clean: walls.clean };
  };
  const early = async (): Promise<readonly Tidied[]> => {
    await looking;
    return found;
  };
  return { watch: watchBoth, early };
}
