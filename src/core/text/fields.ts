import type { JsonObject } from '../types.ts';
import { isObject } from './json.ts';

/**
 * The fields of front matter that people wrote. Much of it is no YAML (`description: Use when: ...`), so what the parser refuses is read
 * line by line: `name: value`, with indented lines below belonging to it.
 */
export async function readFields(yaml: string): Promise<JsonObject> {
  const { parseDocument } = await import('./yaml.ts');
  const document = parseDocument(yaml, { logLevel: 'silent' });
  const parsed: unknown = document.errors.length > 0 ? undefined : document.toJS();
  return isObject(parsed) ? parsed : readLines(yaml);
}

function readLines(yaml: string): JsonObject {
  const fields: [string, string][] = [];
  for (const line of yaml.split(/\r?\n/)) {
    const match = /^([\w-]+):\s*(.*?)\s*$/.exec(line);
    const last = fields.at(-1);
    if (match?.[1] !== undefined)
      fields.push([match[1], (match[2] ?? '').replace(/^(["'])(.*)\1$/, '$2').replace(/^[>|][-+]?$/, '')]);
    else if (last !== undefined && /^\s+\S/.test(line)) last[1] = `${last[1]} ${line.trim()}`.trim();
  }
  return Object.fromEntries(fields);
}

/** A field that is a text, trimmed; undefined for others and for an empty one. */
export function textField(fields: JsonObject, name: string): string | undefined {
  const value = fields[name];
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

/** A field that is a list, or a text with its items separated by commas or blanks. */
export function listField(fields: JsonObject, name: string): string[] | undefined {
  const value = fields[name];
  if (Array.isArray(value)) return value.map(String);
  return typeof value === 'string' ? value.split(/[,\s]+/).filter((item) => item !== '') : undefined;
}
