import { isObject } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';

/** What one repair of a schema shares: the whole schema for references, its bounds, and what was found on the way. */
export type SchemaScope = {
  readonly root: JsonObject;
  readonly deepest: number;
  readonly hasDescriptions: boolean;
  /** Nodes that may still be written: references that multiply each other end here. */
  nodes: number;
  /** What had to be repaired, in words for the user. */
  readonly repairs: Set<string>;
  /** Names that providers refuse, by the name they have instead. */
  readonly renamed: Map<string, string>;
};

/** Follows a `$ref` within the schema; undefined when it leads nowhere that is known here. */
export function findReference(reference: string, root: JsonObject): unknown {
  const [, pointer] = reference.split('#');
  if (reference === '#' || (reference.startsWith('#') && pointer === '')) return root;
  if (reference.startsWith('#/')) {
    let place: unknown = root;
    for (const part of reference.slice(2).split('/')) place = step(place, decode(part));
    return place;
  }
  const name = reference.split('/').at(-1) ?? reference;
  return step(root.$defs, name) ?? step(root.definitions, name);
}

function step(place: unknown, key: string): unknown {
  if (Array.isArray(place)) return place[Number(key)];
  return isObject(place) && Object.hasOwn(place, key) ? place[key] : undefined;
}

function decode(part: string): string {
  const plain = part.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}

const acceptedName = /^[A-Za-z0-9_.-]{1,64}$/;

/** A property's name as every provider takes it; what was renamed is kept, so that a call can be turned back. */
export function acceptName(name: string, siblings: readonly string[], scope: SchemaScope): string {
  if (acceptedName.test(name)) return name;
  for (const [given, original] of scope.renamed) if (original === name) return given;
  const base = name.replace(/[^A-Za-z0-9_.-]/g, '_').slice(0, 56) || '_';
  let given = base;
  for (let count = 2; siblings.includes(given) || scope.renamed.has(given); count++) given = `${base}_${count}`;
  scope.renamed.set(given, name);
  scope.repairs.add('names that providers refuse');
  return given;
}

/** The arguments of a call with the names that the server knows. */
export function restoreNames(value: unknown, renamed: ReadonlyMap<string, string>): unknown {
  if (renamed.size === 0) return value;
  if (Array.isArray(value)) return value.map((each) => restoreNames(each, renamed));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [renamed.get(key) ?? key, restoreNames(each, renamed)]),
  );
}
