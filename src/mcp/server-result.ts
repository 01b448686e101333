import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findImageType } from '../core/disk/image-type.ts';
import { clip } from '../core/text/clip.ts';
import { isObject, parseJson } from '../core/text/json.ts';
import type { Workspace } from '../core/tool.ts';
import type { JsonObject } from '../core/types.ts';

/** As our own tools clip: about 7,500 tokens. */
const outputLimit = 30_000;
/** A block of an unknown kind is shown as JSON, so far. */
const unknownLimit = 8_000;
/** Pictures of one result that are shown, and the length of each as base64: the 5 MB that the strictest provider takes. */
const maxPictures = 5;
const maxPictureLength = 5_000_000;
const maxBlocks = 2_000;

/**
 * The content of a result as text: texts as they are, images and the like named with their kind and size, unknown blocks as JSON.
 * What the structured part says and the text does not is added. `showsPictures`: those that models take are given with the text.
 */
export function formatContent(content: unknown, structured?: unknown, showsPictures = false): string {
  const blocks: readonly unknown[] = Array.isArray(content) ? content : [content];
  let pictures = 0;
  const isShown = (block: JsonObject) => {
    if (!showsPictures || pictureOf(block) === undefined) return false;
    pictures += 1;
    return pictures <= maxPictures;
  };
  const few = blocks.slice(0, maxBlocks);
  const more = blocks.length - few.length;
  const text = [...few.map((block) => formatBlock(block, isShown)), more > 0 ? `[${more} more blocks; not shown]` : '']
    .filter((part) => part !== '')
    .join('\n');
  if (structured === undefined || structured === null || isSaid(structured, text)) return text || '(no output)';
  return [text, JSON.stringify(structured, null, 2)].filter((part) => part !== '').join('\n');
}

function formatBlock(block: unknown, isShown: (block: JsonObject) => boolean): string {
  if (block === null || block === undefined) return '';
  if (!isObject(block)) return typeof block === 'string' ? block : JSON.stringify(block);
  switch (block.type) {
    case 'image':
      return `[image ${textOf(block.mimeType)}, ${sizeOf(block.data)}${isShown(block) ? '' : '; not shown'}]`;
    case 'audio':
      return `[${block.type} ${textOf(block.mimeType)}, ${sizeOf(block.data)}; not shown]`;
    case 'resource_link':
      return `[resource ${textOf(block.uri)}${typeof block.name === 'string' ? ` (${block.name})` : ''}]`;
    case 'resource':
      return formatResource(block.resource);
    default:
      if (typeof block.text === 'string') return block.text;
      return block.type === 'text' && !block.text ? '' : formatUnknown(block);
  }
}

/** The pictures of a result as data URLs, those that models take, by their bytes and not by what the server calls them. */
export function picturesOf(content: unknown): string[] {
  const blocks: readonly unknown[] = Array.isArray(content) ? content : [content];
  return blocks
    .flatMap((block) => (isObject(block) && block.type === 'image' ? (pictureOf(block) ?? []) : []))
    .slice(0, maxPictures);
}

function pictureOf({ data }: JsonObject): string | undefined {
  if (typeof data !== 'string' || data.length > maxPictureLength) return undefined;
  const type = findImageType(Buffer.from(data.slice(0, 64), 'base64'));
  return type && `data:${type};base64,${data}`;
}

function formatUnknown(block: object): string {
  return clip(JSON.stringify(block), unknownLimit, (omitted) => `${omitted} characters left out`);
}

/** A resource's text with its address, or what it is when it is binary. */
export function formatResource(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  if (!isObject(resource)) return '';
  if (typeof resource.text === 'string') return `${textOf(resource.uri)}:\n${resource.text}`;
  if (typeof resource.blob !== 'string') return formatUnknown(resource);
  return `[resource ${textOf(resource.uri)}, ${textOf(resource.mimeType)}, ${sizeOf(resource.blob)}; not shown]`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : 'of unknown kind';
}

/** Whether a text says all that a structure holds, as the protocol wants it: then it is not said twice. */
function isSaid(structured: unknown, text: string): boolean {
  if (text === '') return false;
  const parsed = parseJson(text);
  if (parsed !== undefined && JSON.stringify(parsed) === JSON.stringify(structured)) return true;
  return leavesOf(structured).every((leaf) => text.includes(leaf));
}

/** The texts and numbers of a structure, at most 500. */
function leavesOf(structured: unknown): string[] {
  const leaves: string[] = [];
  const open: unknown[] = [structured];
  while (open.length > 0 && leaves.length < 500) {
    const value = open.pop();
    if (typeof value === 'string' || typeof value === 'number') leaves.push(String(value));
    else if (Array.isArray(value)) open.push(...value.slice(0, 500));
    else if (isObject(value)) open.push(...Object.values(value).slice(0, 500));
  }
  return leaves;
}

function sizeOf(base64: unknown): string {
  return typeof base64 === 'string' ? `${Math.ceil((base64.length * 3) / 4 / 1000)} kB` : 'unknown size';
}

type Keeper = Pick<Workspace, 'outputFolder' | 'redact'>;

/** Clips a long result and keeps the whole in the session's folder of outputs, where the model can read it. */
export function clipResult(text: string, callName: string, { outputFolder, redact }: Keeper): string {
  if (text.length <= outputLimit) return text;
  const path = keepWhole(redact?.(text) ?? text, outputFolder, callName);
  return clip(
    text,
    outputLimit,
    (omitted) => `${omitted} characters left out${path === undefined ? '' : `; all of it is in ${path}`}`,
  );
}

function keepWhole(text: string, folder: string, name: string): string | undefined {
  const path = join(folder, `${name}-${Date.now().toString(36)}.txt`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  } catch {
    return undefined;
  }
}
