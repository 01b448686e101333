import { utf8Length } from '../../src/core/text/decode.ts';
import { detectBytes, detectKind, type Encoding } from './file-kind.ts';

/** A whole text file in memory: what it says, and what is needed to write it back byte for byte. */
export type TextFile = { readonly text: string; readonly encoding: Encoding; readonly bom: Buffer };

/**
 * Decodes a whole file without loss: `encodeText` of the result gives the same bytes. Bytes that are no UTF-8 become lone surrogates
 * U+DC80 to U+DCFF (as Python's surrogateescape does). A string says why it isn't text.
 */
export function decodeText(bytes: Buffer): TextFile | string {
  const kind = detectKind(bytes.subarray(0, detectBytes), bytes.length <= detectBytes);
  if (kind.kind !== 'text') return kind.format;
  const bom = bytes.subarray(0, kind.bomBytes);
  const body = bytes.subarray(kind.bomBytes);
  if (kind.encoding === 'utf-8') {
    const text = body.toString('utf8');
    if (!text.includes('\ufffd') || Buffer.from(text, 'utf8').equals(body)) return { text, encoding: 'utf-8', bom };
    return { text: decodeMixed(body), encoding: 'mixed', bom };
  }
  if (kind.encoding.startsWith('utf-16') && body.length % 2 === 1) return 'UTF-16 with half a character at its end';
  return { text: decoders[kind.encoding](body), encoding: kind.encoding, bom };
}

/** The bytes of a text, mark included, or undefined when the encoding has no place for one of its characters. */
export function encodeText({ text, encoding, bom }: TextFile): Buffer | undefined {
  const body = encoders[encoding](text);
  return body && Buffer.concat([bom, body]);
}

/** The encoding in words for the model; undefined for plain UTF-8. */
export function describeEncoding(encoding: Encoding, hasMark: boolean): string | undefined {
  const names: Record<Encoding, string> = {
    'utf-8': 'UTF-8',
    'utf-16le': 'UTF-16 little-endian',
    'utf-16be': 'UTF-16 big-endian',
    'windows-1252': 'Latin-1 (Windows-1252)',
    mixed: 'UTF-8 with invalid bytes, shown as �',
  };
  if (encoding === 'utf-8' && !hasMark) return undefined;
  return names[encoding] + (hasMark ? ' with a byte order mark' : '');
}

/** Text for eyes: bytes that could not be decoded are shown as �. */
export function showUndecoded(text: string): string {
  return text.replace(/[\udc80-\udcff]/gu, '\ufffd');
}

const decoders: Record<Encoding, (body: Buffer) => string> = {
  'utf-8': (body) => body.toString('utf8'),
  'utf-16le': (body) => body.toString('utf16le'),
  'utf-16be': (body) => Buffer.from(body).swap16().toString('utf16le'),
  'windows-1252': (body) => new TextDecoder('windows-1252').decode(body),
  mixed: decodeMixed,
};

const encoders: Record<Encoding, (text: string) => Buffer | undefined> = {
  'utf-8': (text) => Buffer.from(text, 'utf8'),
  'utf-16le': (text) => Buffer.from(text, 'utf16le'),
  'utf-16be': (text) => Buffer.from(text, 'utf16le').swap16(),
  'windows-1252': encodeSingleByte,
  mixed: encodeMixed,
};

function decodeMixed(body: Buffer): string {
  const parts: string[] = [];
  let from = 0;
  for (let at = 0; at < body.length; ) {
    const length = utf8Length(body, at);
    if (length === 0) {
      if (at > from) parts.push(body.toString('utf8', from, at));
      parts.push(String.fromCharCode(0xdc00 + (body[at] ?? 0)));
      from = at + 1;
    }
    at += length || 1;
  }
  parts.push(body.toString('utf8', from));
  return parts.join('');
}

function encodeMixed(text: string): Buffer {
  const pieces = text.split(/([\udc80-\udcff])/u);
  return Buffer.concat(
    pieces.map((piece, index) =>
      index % 2 === 1 ? Buffer.from([piece.charCodeAt(0) - 0xdc00]) : Buffer.from(piece, 'utf8'),
    ),
  );
}

let singleBytes: Map<string, number> | undefined;

function encodeSingleByte(text: string): Buffer | undefined {
  singleBytes ??= new Map(
    Array.from({ length: 256 }, (_, byte) => [decoders['windows-1252'](Buffer.from([byte])), byte]),
  );
  const bytes = Buffer.alloc(text.length);
  for (let index = 0; index < text.length; index += 1) {
    const byte = singleBytes.get(text[index] ?? '');
    if (byte === undefined) return undefined;
    bytes[index] = byte;
  }
  return bytes;
}
