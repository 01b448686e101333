import type * as z from 'zod';
import { nearestName } from '../core/text/nearest-name.ts';
import { sanitize } from '../core/text/sanitize.ts';
import { describeIssue, shorten } from './describe-issue.ts';
import { knownKeys, unknownKeys } from './known-keys.ts';
import { isPlain, type Layer, lineOf, type Plain } from './layers.ts';
import { configSchema } from './schema.ts';

/** One sentence on the first wrong value: file and line (or variable, or flag), key, what it is, what is allowed. */
export async function describeProblems(
  error: z.ZodError,
  merged: Plain,
  origins: ReadonlyMap<string, string>,
  layers: readonly Layer[],
): Promise<string> {
  const issue = error.issues[0];
  if (issue === undefined) return 'The configuration is wrong.';
  const path = issue.path.map(String);
  const origin = findOrigin(path, origins);
  const layer = layers.find((each) => each.name === origin && each.text !== undefined);
  const place = layer?.text === undefined ? origin : `${layer.name}:${await findLine(layer.text, issue.path)}`;
  const more = error.issues.length > 1 ? ` (and ${error.issues.length - 1} more wrong)` : '';
  return plainText(
    `${place}: "${path.join('.')}" ${describeIssue(issue, valueAt(merged, issue.path), configSchema)}${more}.`,
  );
}

/** A file of a repository may hold anything in its keys and values; of that a line of plain text is shown. */
function plainText(text: string): string {
  return shorten(sanitize(text).replace(/\s*\n\s*/g, ' '), 1000);
}

function findOrigin(path: readonly string[], origins: ReadonlyMap<string, string>): string {
  for (let length = path.length; length > 0; length--) {
    const origin = origins.get(path.slice(0, length).join('.'));
    if (origin !== undefined) return origin.split(' and ').at(-1) ?? origin;
  }
  const start = `${path.join('.')}.`;
  for (const [key, origin] of origins) if (key.startsWith(start)) return origin;
  return 'configuration';
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let place = value;
  for (const part of path) {
    if (Array.isArray(place) && typeof part === 'number') place = place[part];
    else if (isPlain(place)) place = place[String(part)];
    else return undefined;
  }
  return place;
}

/** The 1-based line of the value at a path, or of its nearest ancestor that the text has. */
async function findLine(text: string, path: readonly PropertyKey[]): Promise<number> {
  const { findNodeAtLocation, parseTree } = await import('jsonc-parser');
  const root = parseTree(text, [], { allowTrailingComma: true });
  for (let length = path.length; root && length > 0; length--) {
    const segments = path.slice(0, length).map((part) => (typeof part === 'number' ? part : String(part)));
    const node = findNodeAtLocation(root, segments);
    if (node) return lineOf(text, node.parent?.type === 'property' ? node.parent.offset : node.offset);
  }
  return 1;
}

/** A warning for each key of a file that the schema does not know, with the nearest one that it does. */
export async function findUnknownKeys(layer: Layer): Promise<string[]> {
  const warnings: string[] = [];
  for (const { path, known, isOpen } of unknownKeys(layer.values, configSchema)) {
    const near = nearestName(String(path.at(-1)), known);
    // What other programs know may be there: only a slip of the pen is one.
    if (isOpen && near === undefined) continue;
    const line = await findLine(layer.text ?? '', path);
    const hint = near === undefined ? '' : `; did you mean "${near}"?`;
    warnings.push(
      plainText(`${layer.name}:${line}: the key "${path.join('.')}" is not known and has no effect${hint}`),
    );
  }
  return warnings;
}

/** Why a key has no value: unset, or not known (with the nearest one that is). A sentence. */
export function describeMissing(key: string): string {
  const path = key.split('.');
  const known = knownKeys(path.slice(0, -1), configSchema);
  const last = path.at(-1) ?? '';
  if (known.includes(last)) return `${key} is not set.`;
  const near = nearestName(last, known);
  if (near === undefined) return `The key ${key} is not known; \`wink-agent config\` lists those that are.`;
  return `The key ${key} is not known; did you mean ${[...path.slice(0, -1), near].join('.')}?`;
}
