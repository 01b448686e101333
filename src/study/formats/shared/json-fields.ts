import { isObject, parseJson } from '../../../core/text/json.ts';
import type { JsonObject } from '../../../core/types.ts';

/** The value as an object; an empty one when it isn't one. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** The objects of a list; an empty list when it isn't one. */
export function objectsOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** An id; undefined where it was taken out before the file was published, so that what it stood for is no longer told apart. */
export function idOf(value: unknown): string | undefined {
  const id = stringOf(value);
  return id === undefined || id === '' || /^\W*(?:redacted|removed|hidden|masked|x{3,}|\*+)\W*$/i.test(id)
    ? undefined
    : id;
}

/**
 * The text of message content in any of the usual shapes: a string, blocks with `text`, nested `content`, or `parts`. A picture is
 * said to be one.
 */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (Array.isArray(content)) return content.map(textOf).filter(Boolean).join('\n');
  if (!isObject(content)) return '';
  if (isImage(content)) return '[image]';
  if (typeof content.text === 'string') return content.text;
  if ('content' in content) return textOf(content.content);
  return 'parts' in content ? textOf(content.parts) : '';
}

function isImage(block: JsonObject): boolean {
  if (/^(?:input_?)?image(?:_url)?$/i.test(String(block.type))) return true;
  const data = objectOf(block.inlineData ?? block.inline_data ?? block.fileData);
  return /^image\//.test(String(data.mimeType ?? data.mime_type ?? (block.type === 'file' ? block.mime : '')));
}

/** The data of the pictures in some content, so that two of them can be told apart; undefined when there isn't one. */
export function pictureDataOf(content: unknown): string | undefined {
  if (Array.isArray(content)) return content.map(pictureDataOf).filter(Boolean).join('\n') || undefined;
  if (!isObject(content)) return undefined;
  if (isImage(content)) return JSON.stringify(content);
  return 'content' in content ? pictureDataOf(content.content) : undefined;
}

/** Arguments of a call: an object, or a string of JSON; what can't be parsed is kept under `raw`. */
export function argumentsOf(value: unknown): JsonObject {
  if (isObject(value)) return value;
  if (typeof value !== 'string' || value.trim() === '') return value == null || value === '' ? {} : { raw: value };
  const parsed = parseJson(value);
  return isObject(parsed) ? parsed : { raw: value };
}

/** Called for a line that isn't a JSON object, with its 1-based number. */
export type OnBrokenLine = (line: number) => void;

/**
 * The objects of a JSON Lines text. Several objects in one line (two programs that appended at once) are read one after the other;
 * broken lines are reported, and what is whole in them is read.
 */
export function* parseLines(text: string, onBroken: OnBrokenLine): Generator<JsonObject> {
  let line = 0;
  for (const part of text.split('\n')) {
    line += 1;
    if (part.trim() === '') continue;
    const { objects, isWhole } = parseLine(part);
    yield* objects;
    if (!isWhole) onBroken(line);
  }
}

function parseLine(line: string): { objects: readonly JsonObject[]; isWhole: boolean } {
  const value = parseJson(line);
  if (value !== undefined) return { objects: isObject(value) ? [value] : [], isWhole: isObject(value) };
  return splitObjects(line);
}

/** Beginnings of an object that are tried behind one that was cut off. */
const maxBeginnings = 50;

/** The objects one after the other; behind one that was cut off only an object up to the end of the line is its own. */
function splitObjects(line: string): { objects: readonly JsonObject[]; isWhole: boolean } {
  const objects: JsonObject[] = [];
  let at = line.search(/\S/);
  while (line[at] === '{') {
    const end = endOfObject(line, at);
    const value = end === -1 ? undefined : parseJson(line.slice(at, end));
    if (!isObject(value)) break;
    objects.push(value);
    const next = line.slice(end).search(/\S/);
    if (next === -1) return { objects, isWhole: true };
    at = end + next;
  }
  for (let tries = 0; tries < maxBeginnings; tries += 1) {
    at = line.indexOf('{"', at + 1);
    if (at === -1) break;
    const value = parseJson(line.slice(at));
    if (isObject(value)) return { objects: [...objects, value], isWhole: false };
  }
  return { objects, isWhole: false };
}

/** Where the object that begins at `start` ends (exclusive); -1 when it does not. */
function endOfObject(line: string, start: number): number {
  let depth = 0;
  let isInText = false;
  for (let at = start; at < line.length; at += 1) {
    const sign = line[at];
    if (isInText) {
      if (sign === '\\') at += 1;
      else if (sign === '"') isInText = false;
    } else if (sign === '"') isInText = true;
    else if (sign === '{') depth += 1;
    else if (sign === '}') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return -1;
}

const headLines = 40;
let lastHead = '';
let lastObjects: readonly JsonObject[] = [];

/** The objects of the first lines of a file's head; remembered for the next format that asks about the same head. */
export function peekLines(head: string): readonly JsonObject[] {
  if (head === lastHead) return lastObjects;
  lastHead = head;
  lastObjects = head.split('\n', headLines).flatMap((line) => (line.trim() === '' ? [] : parseLine(line).objects));
  return lastObjects;
}

/** Whether the text starts as a JSON object whose keys at any depth of the head include all of these. */
export function mentionsKeys(head: string, ...keys: readonly string[]): boolean {
  return keys.every((key) => new RegExp(`"${key}"\\s*:`).test(head));
}
