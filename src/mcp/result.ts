import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isObject } from '../core/json.ts';
import { clip } from '../core/text.ts';

/** As our own tools clip: about 7,500 tokens. */
const outputLimit = 30_000;

/** The content of a result as text: texts as they are, everything else named with its kind and size. */
export function formatContent(content: unknown, structured?: unknown): string {
  const blocks: unknown[] = Array.isArray(content) ? content : [];
  const text = blocks
    .map(formatBlock)
    .filter((part) => part !== '')
    .join('\n');
  if (text !== '') return text;
  return structured === undefined ? '(no output)' : JSON.stringify(structured, null, 2);
}

function formatBlock(block: unknown): string {
  if (!isObject(block)) return '';
  switch (block.type) {
    case 'text':
      return typeof block.text === 'string' ? block.text : '';
    case 'image':
    case 'audio':
      return `[${block.type} ${String(block.mimeType)}, ${sizeOf(block.data)}; not shown]`;
    case 'resource_link':
      return `[resource ${String(block.uri)}${typeof block.name === 'string' ? ` (${block.name})` : ''}]`;
    case 'resource':
      return formatResource(block.resource);
    default:
      return `[${String(block.type)}]`;
  }
}

/** A resource's text with its address, or what it is when it is binary. */
export function formatResource(resource: unknown): string {
  if (!isObject(resource)) return '';
  if (typeof resource.text === 'string') return `${String(resource.uri)}:\n${resource.text}`;
  return `[resource ${String(resource.uri)}, ${String(resource.mimeType ?? 'binary')}, ${sizeOf(resource.blob)}; not shown]`;
}

function sizeOf(base64: unknown): string {
  return typeof base64 === 'string' ? `${Math.ceil((base64.length * 3) / 4 / 1000)} kB` : 'unknown size';
}

/** Clips a long result and keeps the whole in the session's folder of outputs, where the model can read it. */
export function clipResult(text: string, outputFolder: string, callName: string): string {
  if (text.length <= outputLimit) return text;
  const path = keepWhole(text, outputFolder, callName);
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
