import { statIfThere } from '../../core/disk/stat-if-there.ts';
import { identify, pickActing, runsCode, setAside } from '../made/set-aside.ts';
import type { Marks } from '../marks/marks.ts';
import type { CutShort } from './cut-short.ts';

/**
 * Sets aside what commands made that would run code, when the program was killed while they ran. What was born after that is somebody
 * else's. The user is told.
 */
export function tidyCutShort(
  left: readonly CutShort[],
  now: Marks,
  keepIn: () => string,
  roots: readonly string[],
  warn: (message: string) => void,
): void {
  const found = left.flatMap(({ known, absent, isNested, untilMs }) => {
    const made = isNested ? pickActing(now).filter((path) => identify(path).some((each) => !known.includes(each))) : [];
    return [...made, ...absent].filter((path) => wasBornBefore(path, untilMs) && runsCode(path, []));
  });
  const tidied = setAside([...new Set(found)], keepIn, roots);
  if (tidied)
    warn(`A command was running when wink-agent was killed. It ${tidied.wants ?? `left this: ${tidied.note}`}.`);
}

function wasBornBefore(path: string, ms: number): boolean {
  const state = statIfThere(path);
  return state !== undefined && (state.birthtimeMs || state.ctimeMs) <= ms;
}
