import { UserError } from '../core/errors.ts';
import { isNestedTooDeeply } from '../core/text/json.ts';
import { sanitize } from '../core/text/sanitize.ts';
import { ignoredUntrusted } from '../core/untrusted.ts';
import { addedLists, type ConfigFlags, environmentKeys, flagKeys, trustedOnlyKeys } from './sources.ts';

export type Plain = { [key: string]: unknown };

/** One place that configuration comes from. `text` is there for files only; `labels` say which variable or flag set a key. */
export type Layer = {
  readonly name: string;
  readonly values: Plain;
  readonly text?: string;
  readonly labels?: ReadonlyMap<string, string>;
};

/** A plain object: not a list, not null. */
export function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a file, plain JSON first and with comments and trailing commas only where that fails. Throws UserError with the line. */
export async function parseLayer(file: string, text: string): Promise<Layer> {
  if (isNestedTooDeeply(text)) throw new UserError(`${sanitize(file)}: it is nested too deeply.`);
  let values: unknown;
  try {
    values = text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    values = await parseWithComments(file, text);
  }
  if (!isPlain(values)) throw new UserError(`${file} must hold one JSON object, such as { "model": "gpt-5" }.`);
  return { name: file, text, values };
}

async function parseWithComments(file: string, text: string): Promise<unknown> {
  const { parse, printParseErrorCode } = await import('jsonc-parser');
  const errors: import('jsonc-parser').ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const first = errors[0];
  if (first === undefined) return value ?? {};
  const words = printParseErrorCode(first.error)
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
  throw new UserError(`${sanitize(file)}:${lineOf(text, first.offset)}: this is not valid JSON (${words}).`);
}

/** The 1-based line of an offset. */
export function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

/** The layer of the environment variables that set a key; an empty variable counts as not set. */
export function environmentLayer(env: Readonly<Record<string, string | undefined>>): Layer {
  const values: Plain = {};
  const labels = new Map<string, string>();
  for (const [variable, key] of Object.entries(environmentKeys)) {
    const value = env[variable];
    if (value === undefined || value === '') continue;
    setPath(values, key, value);
    labels.set(key, `environment ${variable}`);
  }
  return { name: 'environment', values, labels };
}

/** The layer of the flags; a list without entries counts as not given. */
export function flagLayer(flags: ConfigFlags): Layer {
  const values: Plain = {};
  const labels = new Map<string, string>();
  for (const { name, flag, key } of flagKeys) {
    const value = flags[name];
    if (value === undefined || (typeof value === 'object' && value.length === 0)) continue;
    setPath(values, key, typeof value === 'object' ? [...value] : value);
    labels.set(key, `flag ${flag}`);
  }
  return { name: 'flag', values, labels };
}

/** Sets a value at a dotted path, making objects on the way. */
export function setPath(target: Plain, path: string, value: unknown): void {
  const parts = path.split('.');
  const last = parts.pop() ?? path;
  let place = target;
  for (const part of parts) {
    const next = place[part];
    if (isPlain(next)) place = next;
    else {
      const made: Plain = {};
      place[part] = made;
      place = made;
    }
  }
  place[last] = value;
}

/** Where each set key came from, and each entry of the lists that add up. */
export type Origins = { readonly keys: Map<string, string>; readonly entries: Map<string, readonly string[]> };

/** Puts a layer over what is merged so far and notes for each leaf where it came from. */
export function addLayer(merged: Plain, origins: Origins, layer: Layer): void {
  mergeInto(merged, layer.values, '', (path, value) => noteOrigin(origins, path, value, layer));
}

type OnLeaf = (path: string, value: unknown) => void;

function mergeInto(target: Plain, source: Plain, prefix: string, onLeaf: OnLeaf): void {
  for (const [key, value] of Object.entries(source)) {
    if (key === '__proto__') continue;
    const path = prefix === '' ? key : `${prefix}.${key}`;
    const before = target[key];
    if (isPlain(value)) {
      const place: Plain = isPlain(before) ? before : {};
      target[key] = place;
      mergeInto(place, value, path, onLeaf);
      if (Object.keys(value).length > 0) continue;
    } else if (Array.isArray(value) && Array.isArray(before) && addedLists.has(path))
      target[key] = [...before, ...value];
    else target[key] = value;
    onLeaf(path, value);
  }
}

function noteOrigin({ keys, entries }: Origins, path: string, value: unknown, layer: Layer): void {
  const label = layer.labels?.get(path) ?? layer.name;
  const before = keys.get(path);
  const isAdded = addedLists.has(path);
  keys.set(path, before !== undefined && isAdded ? `${before} and ${label}` : label);
  if (isAdded && Array.isArray(value)) entries.set(path, [...(entries.get(path) ?? []), ...value.map(() => label)]);
}

/** The layer without what an untrusted repository may not set; one warning for each key that was left out. `own` is what the user has set. */
export function withoutUntrusted(layer: Layer, own: Plain, warnings: string[]): Layer {
  const values: Plain = structuredClone(layer.values);
  for (const { key, reason, when } of trustedOnlyKeys) {
    const isDangerous = when === undefined ? undefined : (value: unknown) => when(value, own[key]);
    if (!removePath(values, key.split('.'), isDangerous)) continue;
    warnings.push(ignoredUntrusted(`${sanitize(layer.name)}: "${key}"`, 'is', reason));
  }
  return { ...layer, values };
}

/**
 * The layer of a trusted repository, with its MCP servers and hooks in the sandbox whatever it says: trust covers its settings, not the files that they start. Its
 * status line, which would start outside, is left out with a warning.
 */
export function withinSandbox(layer: Layer, warnings: string[]): Layer {
  const values: Plain = structuredClone(layer.values);
  if (removePath(values, ['ui', 'statusLine']))
    warnings.push(
      `${sanitize(layer.name)}: "ui.statusLine" is ignored because its command runs outside the sandbox; it counts only in your own configuration.`,
    );
  if (isPlain(values.mcpServers))
    for (const server of Object.values(values.mcpServers)) if (isPlain(server)) server.sandbox = true;
  if (isPlain(values.hooks)) values.hooks = hooksInSandbox(values.hooks);
  return { ...layer, values };
}

/** Hooks of a repository, none of which lets itself out of the sandbox. */
export function hooksInSandbox(hooks: Plain): Plain {
  return Object.fromEntries(Object.entries(hooks).map(([event, groups]) => [event, withoutWayOut(groups)]));
}

function withoutWayOut(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWayOut);
  if (!isPlain(value)) return value;
  const { sandbox, ...rest } = value;
  return {
    ...rest,
    ...(sandbox === undefined || sandbox === false ? {} : { sandbox }),
    ...(Array.isArray(rest.hooks) ? { hooks: rest.hooks.map(withoutWayOut) } : {}),
  };
}

function removePath(values: Plain, path: readonly string[], when?: (value: unknown) => boolean): boolean {
  const [first, ...rest] = path;
  if (first === undefined || !(first in values)) return false;
  const value = values[first];
  if (rest.length > 0) return isPlain(value) && removePath(value, rest, when);
  if (when && !when(value)) return false;
  delete values[first];
  return true;
}
