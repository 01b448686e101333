import { closeSync, existsSync, lstatSync, openSync, readlinkSync, realpathSync } from 'node:fs';
import { errorCode } from '../../core/errors.ts';
import { isTooDeep, type MarkFinder, outermost } from './marks.ts';
import type { MovedRecord } from './moved-record.ts';

/** A descriptor that names a file, gives no access to it and follows it wherever it is moved (Linux). */
const O_PATH = 0o10000000;
/** Of more, the later ones are not followed: each takes a descriptor. */
const maxHeld = 500;

export type FollowingFinder = MarkFinder & {
  /** Records what was moved since the last look, in case none follows. */
  readonly note: () => void;
  /** Records where everything lies before a command that may move it. */
  readonly begin: () => void;
};

type Held = { readonly path: string; readonly descriptor: number };

/**
 * Makes a finder that knows what was hidden once also where `find` doesn't look (a command can move the folder that a secret lies in to
 * installed packages) or where its new name says nothing. It costs one look per known mark. It gives undefined when one was moved to
 * where nothing can be mounted over it. `signal` lets go of all. What earlier sessions saw moved comes from `record`.
 */
export function followMarks(
  find: MarkFinder,
  roots: readonly string[],
  signal?: AbortSignal,
  record?: MovedRecord,
): FollowingFinder {
  if (process.platform !== 'linux')
    return Object.assign(() => find(), { note: () => undefined, begin: () => undefined });
  const real = roots.map((root) => (existsSync(root) ? realpathSync(root) : root));
  const isInside = (path: string) => real.some((root) => path.startsWith(`${root}/`));
  let lastFound: readonly string[] = [];
  let held: readonly Held[] = (record?.load() ?? []).filter(isInside).flatMap(hold);
  signal?.addEventListener('abort', () => {
    for (const { descriptor } of held) closeSync(descriptor);
    held = [];
  });
  const note = () => {
    const places = held.map(placeOf).filter((place) => place !== 'gone' && place !== 'unknown');
    record?.save(
      places.filter((place) => isInside(place) && !lastFound.includes(place)),
      lastFound,
    );
  };
  const follow = async () => {
    const marks = await find();
    if (!marks) return undefined;
    const places = held.map((each) => ({ ...each, place: placeOf(each) }));
    for (const { descriptor, place } of places) if (place === 'gone') closeSync(descriptor);
    held = places
      .filter(({ place }) => place !== 'gone')
      .map(({ path, descriptor, place }) => ({ path: place === 'unknown' ? path : place, descriptor }));
    if (places.some(({ place }) => place === 'unknown')) return undefined;
    const known = new Set(held.map(({ path }) => path));
    const found = signal?.aborted ? [] : marks.hidden.filter((path) => isInside(path) && !known.has(path));
    held = [...held, ...found.slice(0, Math.max(0, maxHeld - held.length)).flatMap(hold)];
    const moved = [...known].filter(isInside);
    lastFound = marks.hidden;
    note();
    return { ...marks, hidden: outermost([...new Set([...marks.hidden, ...moved])]) };
  };
  const begin = () => record?.begin([...new Set([...lastFound, ...held.map(({ path }) => path)])].filter(isInside));
  return Object.assign(follow, { note, begin });
}

function hold(path: string): Held[] {
  try {
    return [{ path, descriptor: openSync(path, O_PATH) }];
  } catch {
    // It is gone already, or there are no more descriptors.
    return [];
  }
}

/** Where it lies now; `unknown` when that can't be said in a mount's arguments. */
function placeOf({ path, descriptor }: Held): string | 'gone' | 'unknown' {
  try {
    const bytes = readlinkSync(`/proc/self/fd/${descriptor}`, { encoding: 'buffer' });
    const place = bytes.toString();
    // Of a file that was removed the system gives its last path with a word added.
    if (place === path) return place;
    if (isGone(bytes)) return 'gone';
    return isTooDeep(place) || !Buffer.from(place).equals(bytes) ? 'unknown' : place;
  } catch {
    return 'unknown';
  }
}

function isGone(path: Buffer): boolean {
  try {
    lstatSync(path);
    return false;
  } catch (error) {
    return errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR';
  }
}
