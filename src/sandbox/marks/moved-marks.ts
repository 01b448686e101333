import { closeSync, existsSync, lstatSync, openSync, readlinkSync, realpathSync } from 'node:fs';
import { errorCode } from '../../core/errors.ts';
import { isTooDeep, type MarkFinder, outermost } from './marks.ts';
import { findIdentities, identityOf, type MovedRecord } from './moved-record.ts';

/** A descriptor that names a file, gives no access to it and follows it wherever it is moved (Linux). */
const O_PATH = 0o10000000;
/** Each takes a descriptor; of more, the later ones are looked for when they are not in their place any more. */
const maxHeld = 500;
const maxActing = 200;

export type FollowingFinder = MarkFinder & {
  /** Records what was moved since the last look, in case none follows. */
  readonly note: () => void;
  /** Records where everything lies before a command that may move it. */
  readonly begin: () => void;
};

type Held = { readonly path: string; readonly descriptor: number };

/**
 * Makes a finder that knows what was hidden once also where `find` doesn't look (a command can move the folder that a secret lies in to
 * installed packages) or where its new name says nothing, and what runs code also among installed packages, from where it may be moved back.
 * It costs one look per known mark. It gives undefined when a secret was moved to where nothing can be mounted over it. `signal` lets go of
 * all. What earlier sessions saw moved comes from `record`.
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
  const secrets = createFollower((record?.load() ?? []).filter(isInside), maxHeld, real);
  const acting = createFollower([], maxActing, real);
  signal?.addEventListener('abort', () => {
    secrets.letGo();
    acting.letGo();
  });
  const note = () =>
    record?.save(
      secrets.places().filter((place) => isInside(place) && !lastFound.includes(place)),
      lastFound,
    );
  const follow = async () => {
    const marks = await find();
    if (!marks) return undefined;
    const places = secrets.follow(signal?.aborted ? [] : marks.hidden.filter(isInside));
    if (places.includes('unknown')) return undefined;
    lastFound = marks.hidden;
    note();
    const moved = acting
      .follow(signal?.aborted ? [] : marks.fixed.filter(isInside))
      .filter((path) => isInside(path) && isAmongPackages.test(path) && !marks.fixed.includes(path));
    const hidden = outermost([...new Set([...marks.hidden, ...places.filter(isInside)])]);
    return { ...marks, hidden, fixed: [...marks.fixed, ...moved].sort() };
  };
  const begin = () => record?.begin([...new Set([...lastFound, ...secrets.known()])].filter(isInside));
  return Object.assign(follow, { note, begin });
}

/** What acts by itself is looked for everywhere but there. */
const isAmongPackages = /\/node_modules\//;

/** Follows paths below the roots by `most` descriptors, and others by looking for them; those that are there no more are forgotten. */
function createFollower(first: readonly string[], most: number, roots: readonly string[]) {
  let held: readonly Held[] = first.flatMap(hold);
  /** Identities by path. */
  const unheld = new Map<string, string>();
  return {
    known: () => [...held.map(({ path }) => path), ...unheld.keys()],
    places: () => {
      findMoved(unheld, roots);
      return [...held.map(placeOf).filter((place) => place !== 'gone' && place !== 'unknown'), ...unheld.keys()];
    },
    letGo: () => {
      for (const { descriptor } of held) closeSync(descriptor);
      held = [];
    },
    /** Where those lie now that were known before; from now on those that were found are, too. */
    follow: (found: readonly string[]): string[] => {
      const now = held.map((each) => ({ ...each, place: placeOf(each) }));
      for (const { descriptor, place } of now) if (place === 'gone') closeSync(descriptor);
      held = now
        .filter(({ place }) => place !== 'gone')
        .map(({ path, descriptor, place }) => ({ path: place === 'unknown' ? path : place, descriptor }));
      findMoved(unheld, roots);
      const known = new Set([...held.map(({ path }) => path), ...unheld.keys()]);
      const places = [...now.map(({ place }) => place).filter((place) => place !== 'gone'), ...unheld.keys()];
      const more = places.includes('unknown') ? [] : found.filter((path) => !known.has(path));
      const holding = more.slice(0, Math.max(0, most - held.length)).flatMap(hold);
      held = [...held, ...holding];
      const isHeld = new Set(holding.map(({ path }) => path));
      for (const path of more) if (!isHeld.has(path)) unheld.set(path, identityOf(path) ?? '');
      return places;
    },
  };
}

/** Finds again what is not where it was; what is found nowhere was removed. */
function findMoved(unheld: Map<string, string>, roots: readonly string[]): void {
  const missing = [...unheld].filter(([path, identity]) => identityOf(path) !== identity);
  for (const [path] of missing) unheld.delete(path);
  for (const path of findIdentities(roots, new Set(missing.map(([, identity]) => identity))))
    unheld.set(path, identityOf(path) ?? '');
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
