import { isObject, parseJson } from '../../core/json.ts';
import type { JsonObject } from '../../core/types.ts';

/** The value as an object; an empty one when it is none. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The objects of a list; an empty list when it is none. */
export function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The text of message content in any of the usual shapes: a string, blocks with `text`, nested `content`, or `parts`. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map(textOf).filter(Boolean).join('\n');
  if (!isObject(content)) return '';
  if (typeof content.text === 'string') return content.text;
  if ('content' in content) return textOf(content.content);
  return 'parts' in content ? textOf(content.parts) : '';
}

/** Arguments of a call: an object, or a string of JSON; what can't be parsed is kept under `raw`. */
export function argumentsOf(value: unknown): JsonObject {
  if (isObject(value)) return value;
  if (typeof value !== 'string' || value.trim() === '') return value == null || value === '' ? {} : { raw: value };
  const parsed = parseJson(value);
  return isObject(parsed) ? parsed : { raw: value };
}

/** Told of a line that is no JSON object: its 1-based number. */
export type OnBrokenLine = (line: number) => void;

/** The objects of a JSON Lines text; broken lines are told and passed over. */
export function* parseLines(text: string, onBroken: OnBrokenLine): Generator<JsonObject> {
  let line = 0;
  for (const part of text.split('\n')) {
    line += 1;
    if (part.trim() === '') continue;
    const value = parseJson(part);
    if (isObject(value)) yield value;
    else onBroken(line);
  }
}

const headLines = 40;
let lastHead = '';
let lastObjects: readonly JsonObject[] = [];

/** The first whole lines of a file's head that are JSON objects; remembered for the next format that asks about the same head. */
export function peekLines(head: string): readonly JsonObject[] {
  if (head === lastHead) return lastObjects;
  lastHead = head;
  lastObjects = head.split('\n', headLines).map(parseJson).filter(isObject);
  return lastObjects;
}

/** Whether the text starts as a JSON object whose keys at any depth of the head include all of these. */
export function mentionsKeys(head: string, ...keys: readonly string[]): boolean {
  return keys.every((key) => new RegExp(`"${key}"\\s*:`).test(head));
}
