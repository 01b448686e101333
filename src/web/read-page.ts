import { isUtf8 } from 'node:buffer';
import { findImageType } from '../core/disk/image-type.ts';
import { count } from '../core/text/count.ts';
import { decodeBytes } from '../core/text/decode.ts';
import { ToolError } from '../core/tool.ts';
import { convertHtml } from './convert-html.ts';
import type { Download } from './download.ts';

/** A page as the model gets it, kept for the session. */
export type Page = {
  readonly url: string;
  readonly title: string;
  readonly text: string;
  /** What was left out or lost on the way, in words. */
  readonly remarks: readonly string[];
  readonly images?: readonly string[];
};

export type PageBody = Extract<Download, { kind: 'body' }>;

/** Reads the pages of a PDF as text. */
export type ReadPdf = (what: string, data: Buffer, signal: AbortSignal) => Promise<readonly string[]>;

/** The least of what providers take of a picture. */
const maxPictureBytes = 3_750_000;

/** What a body says: HTML as Markdown, text as it is, a PDF's text, a picture to be seen. Throws ToolError for what can't be read. */
export async function readPage(body: PageBody, readPdf: ReadPdf, signal: AbortSignal): Promise<Page> {
  const { bytes, isCut } = body;
  const url = body.url.href;
  const what = `${url} is ${body.type || 'of no named type'}, ${isCut ? 'more than ' : ''}${count(bytes.length, 'byte')}`;
  const remarks = isCut ? [`only the first ${count(bytes.length, 'byte')} were read`] : [];
  const image = findImageType(bytes);
  if (image !== undefined) return seePicture(what, image, body);
  if (bytes.subarray(0, 5).toString('latin1') === '%PDF-') {
    if (isCut) throw new ToolError('unreadable', `${what}: too large a PDF. Download it by a command and read it.`);
    const pages = await readPdf(what, bytes, signal);
    return {
      url,
      title: '',
      remarks,
      text: pages.map((page, index) => `--- page ${index + 1} ---\n${page}`).join('\n'),
    };
  }
  if (isBinary(body))
    throw new ToolError(
      'unreadable',
      `${what}: that is not text. Download it by a command (curl -LO) if it is needed.`,
    );
  const text = decode(body);
  if (!isHtml(body.type, text)) return { url, title: '', text, remarks };
  const { title, markdown, isPlain } = await convertHtml(text, url, signal);
  const all = isPlain ? [...remarks, 'the page could not be made Markdown, this is its bare text'] : remarks;
  const empty =
    markdown.length < 80 ? ['the page holds hardly any text: it may be drawn by scripts, which are not run'] : [];
  return { url, title, text: markdown, remarks: [...all, ...empty] };
}

function seePicture(what: string, type: string, { bytes, url, isCut }: PageBody): Page {
  if (isCut || bytes.length > maxPictureBytes)
    throw new ToolError('unreadable', `${what}: too large a picture to be shown.`);
  const images = [`data:${type};base64,${bytes.toString('base64')}`];
  return { url: url.href, title: '', text: `${what}. It is shown.`, remarks: [], images };
}

/** Types whose bodies are text, also in an encoding that the server does not name. */
const textTypes = /^$|^text\/|^application\/octet-stream$|[/+](?:xml|json|yaml|toml|sql|(?:java|ecma)script)$/;
/** A text has hardly any control characters but tabs, ends of lines and (in ISO 2022 and logs) escapes. */
const maxControlShare = 0.02;

/** By its bytes; where the server names a type that is no text (`font/woff2`), whatever is not plainly UTF-8 is binary, too. */
function isBinary({ bytes, type, charset }: PageBody): boolean {
  const head = bytes.subarray(0, 65_536);
  const isWide = (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
  if (isWide || /^utf-?(?:16|32)/i.test(charset ?? '')) return false;
  const controls = head.filter((byte) => (byte < 0x20 && !spaces.has(byte)) || byte === 0x7f).length;
  if (head.includes(0) || controls > maxControlShare * head.length) return true;
  return charset === undefined && !textTypes.test(type) && !isUtf8(head.subarray(0, lastWhole(head)));
}

/** Backspace (manual pages), tab, ends of line and page, escape. */
const spaces: ReadonlySet<number> = new Set([0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x1b]);

/** Where the last character begins: it may be cut. */
function lastWhole(head: Buffer): number {
  const start = head.findLastIndex((byte) => (byte & 0xc0) !== 0x80);
  return start > head.length - 4 ? Math.max(0, start) : head.length;
}

/** By what the server says, then by what the page says of itself. */
function decode({ bytes, charset, type }: PageBody): string {
  const head = bytes.subarray(0, 2048).toString('latin1');
  const own = /html|xml|^$/.test(type)
    ? (/<meta[^>]{1,200}?charset\s*=\s*["']?([\w.:-]+)/i.exec(head)?.[1] ??
      /^<\?xml[^>]{1,200}?encoding\s*=\s*["']([\w.:-]+)/i.exec(head)?.[1])
    : undefined;
  for (const label of [charset, own]) {
    if (label === undefined || /^utf-?8$/i.test(label)) continue;
    try {
      return new TextDecoder(label).decode(bytes);
    } catch {
      // No encoding that there is; the next one is tried.
    }
  }
  return decodeBytes(bytes);
}

function isHtml(type: string, text: string): boolean {
  if (/^(text\/html|application\/xhtml\+xml)$/.test(type)) return true;
  return (type === '' || type === 'application/octet-stream') && /^\s*(<!doctype html|<html[\s>])/i.test(text);
}
