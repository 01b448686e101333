import { isUtf8 } from 'node:buffer';
import { TextDecoder } from 'node:util';

/**
 * The text of bytes whose encoding nobody told: files that people write, a command's output. A byte order mark decides, then UTF-16 by its
 * NULs, then UTF-8; lines that are no UTF-8 are read in the encoding of the user's locale, or in Windows-1252 (Latin-1). The mark is not
 * part of the text.
 */
export function decodeBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (startsWith(buffer, [0xef, 0xbb, 0xbf])) return decodeLines(buffer.subarray(3));
  const wide = wideEncoding(buffer);
  return wide ? new TextDecoder(wide).decode(buffer) : decodeLines(buffer);
}

/** Which UTF-16 bytes are, by their mark or their NULs; undefined: none. */
export function wideEncoding(bytes: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  if (startsWith(bytes, [0xff, 0xfe])) return 'utf-16le';
  if (startsWith(bytes, [0xfe, 0xff])) return 'utf-16be';
  return bytes.includes(0) ? detectWide(bytes) : undefined;
}

/**
 * Decodes a stream piece by piece: a character that is cut stays for the next piece. A stream that is UTF-16 at its beginning is so to its
 * end.
 */
export function createStreamDecoder(): (chunk: Buffer) => string {
  let rest: Buffer = Buffer.alloc(0);
  let isBegun = false;
  let wide: TextDecoder | undefined;
  return (chunk) => {
    if (chunk.length === 0) return '';
    if (!isBegun) {
      isBegun = true;
      const encoding = wideEncoding(chunk);
      wide = encoding && new TextDecoder(encoding);
    }
    if (wide) return wide.decode(chunk, { stream: true });
    const bytes = Buffer.concat([rest, chunk]);
    const end = endOfWhole(bytes);
    rest = Buffer.from(bytes.subarray(end));
    return decodeBytes(bytes.subarray(0, end));
  };
}

/** The end of the last whole UTF-8 character; all of it where the end is no UTF-8 anyway. */
function endOfWhole(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}

function startsWith(buffer: Buffer, bytes: readonly number[]): boolean {
  return buffer.length >= bytes.length && bytes.every((byte, index) => buffer[index] === byte);
}

/** Each line by itself, since a program may print in one encoding what it read in another. */
function decodeLines(buffer: Buffer): string {
  if (isUtf8(buffer)) return buffer.toString('utf8');
  const legacy = new TextDecoder(localeEncoding(process.env));
  const parts: string[] = [];
  for (let start = 0; start < buffer.length; ) {
    const lineEnd = buffer.indexOf(10, start);
    const line = buffer.subarray(start, lineEnd === -1 ? buffer.length : lineEnd + 1);
    parts.push(isUtf8(line) ? line.toString('utf8') : legacy.decode(line));
    start += line.length;
  }
  return parts.join('');
}

/** The encoding that a locale names (`ja_JP.eucJP`), for what is no UTF-8; Windows-1252 where it names none that we know. */
export function localeEncoding(env: Readonly<Record<string, string | undefined>>): string {
  const name = /\.([\w-]+)/.exec(env.LC_ALL || env.LC_CTYPE || env.LANG || '')?.[1] ?? '';
  if (/^utf-?8$/i.test(name)) return 'windows-1252';
  for (const label of [name, name.replace(/^euc/i, 'euc-'), name.replace(/^iso8859/i, 'iso-8859')]) {
    try {
      const { encoding } = new TextDecoder(label);
      return encoding === 'utf-8' ? 'windows-1252' : encoding;
    } catch {
      // No name of an encoding; the next spelling is tried.
    }
  }
  return 'windows-1252';
}

/** UTF-16 without a mark: at least half of one half of the byte pairs is NUL, and nearly none of the other. */
export function detectWide(head: Buffer): 'utf-16le' | 'utf-16be' | undefined {
  const pairs = Math.floor(head.length / 2);
  if (pairs < 4) return undefined;
  let even = 0;
  let odd = 0;
  for (let index = 0; index < pairs * 2; index += 2) {
    if (head[index] === 0) even += 1;
    if (head[index + 1] === 0) odd += 1;
  }
  if (odd > pairs / 2 && even < pairs / 50) return 'utf-16le';
  if (even > pairs / 2 && odd < pairs / 50) return 'utf-16be';
  return undefined;
}

/** The length of the valid UTF-8 sequence at a place (1 to 4), or 0 when there isn't one (overlong, surrogate, cut off). */
export function utf8Length(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  if (first >= 0xc2 && first <= 0xdf) return isContinuation(second) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const isSecondRight =
      isContinuation(second) && !(first === 0xe0 && second < 0xa0) && !(first === 0xed && second > 0x9f);
    return isSecondRight && isContinuation(bytes[at + 2] ?? 0) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const isSecondRight =
      isContinuation(second) && !(first === 0xf0 && second < 0x90) && !(first === 0xf4 && second > 0x8f);
    return isSecondRight && isContinuation(bytes[at + 2] ?? 0) && isContinuation(bytes[at + 3] ?? 0) ? 4 : 0;
  }
  return 0;
}

function isContinuation(byte: number): boolean {
  return byte >= 0x80 && byte <= 0xbf;
}
