import { detectWide, utf8Length } from '../../src/core/text/decode.ts';

/** What the first bytes of a file say about it. */
export type FileKind =
  | { readonly kind: 'text'; readonly encoding: Encoding; readonly bomBytes: number }
  | { readonly kind: 'image'; readonly format: string; readonly width?: number; readonly height?: number }
  | { readonly kind: 'binary'; readonly format: string };

/** `mixed`: UTF-8 with bytes that aren't. `windows-1252` stands for Latin-1 too, of which it is a superset. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252' | 'mixed';

/** How many first bytes `detectKind` wants to see. */
export const detectBytes = 64 * 1024;

/** Tells text (and its encoding), images and binaries apart by a file's first bytes; `isWhole` when these are all of it. */
export function detectKind(head: Buffer, isWhole: boolean): FileKind {
  if (startsWith(head, [0xef, 0xbb, 0xbf]))
    return { kind: 'text', encoding: utf8Encoding(head.subarray(3), isWhole), bomBytes: 3 };
  if (startsWith(head, [0xff, 0xfe]) && !startsWith(head, [0xff, 0xfe, 0, 0]))
    return { kind: 'text', encoding: 'utf-16le', bomBytes: 2 };
  if (startsWith(head, [0xfe, 0xff])) return { kind: 'text', encoding: 'utf-16be', bomBytes: 2 };
  const image = detectImage(head);
  if (image) return image;
  const format = detectFormat(head);
  if (format !== undefined) return { kind: 'binary', format };
  if (head.includes(0)) {
    const wide = detectWide(head);
    return wide ? { kind: 'text', encoding: wide, bomBytes: 0 } : { kind: 'binary', format: 'binary data' };
  }
  if (controlShare(head) > 0.1) return { kind: 'binary', format: 'binary data' };
  return { kind: 'text', encoding: utf8Encoding(head, isWhole), bomBytes: 0 };
}

function startsWith(head: Buffer, bytes: readonly number[], at = 0): boolean {
  return head.length >= at + bytes.length && bytes.every((byte, index) => head[at + index] === byte);
}

function ascii(head: Buffer, start: number, end: number): string {
  return head.toString('latin1', start, Math.min(end, head.length));
}

function detectImage(head: Buffer): FileKind | undefined {
  if (startsWith(head, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) {
    return head.length < 24
      ? { kind: 'image', format: 'PNG' }
      : { kind: 'image', format: 'PNG', width: head.readUInt32BE(16), height: head.readUInt32BE(20) };
  }
  if (/^GIF8[79]a/.test(ascii(head, 0, 6))) {
    return head.length < 10
      ? { kind: 'image', format: 'GIF' }
      : { kind: 'image', format: 'GIF', width: head.readUInt16LE(6), height: head.readUInt16LE(8) };
  }
  if (startsWith(head, [0xff, 0xd8, 0xff])) return { kind: 'image', format: 'JPEG', ...jpegSize(head) };
  if (ascii(head, 0, 4) === 'RIFF' && ascii(head, 8, 12) === 'WEBP') return { kind: 'image', format: 'WebP' };
  if (ascii(head, 0, 2) === 'BM' && head.length >= 26 && head.readUInt32LE(6) === 0) {
    return { kind: 'image', format: 'BMP', width: head.readInt32LE(18), height: Math.abs(head.readInt32LE(22)) };
  }
  if (startsWith(head, [0x49, 0x49, 0x2a, 0]) || startsWith(head, [0x4d, 0x4d, 0, 0x2a]))
    return { kind: 'image', format: 'TIFF' };
  if (startsWith(head, [0, 0, 1, 0]) && head.length >= 6 && head.readUInt16LE(4) > 0 && head.readUInt16LE(4) < 64)
    return { kind: 'image', format: 'ICO' };
  const brand = ascii(head, 4, 12);
  if (/^ftyp(avif|avis)$/.test(brand)) return { kind: 'image', format: 'AVIF' };
  if (/^ftyp(heic|heix|mif1)$/.test(brand)) return { kind: 'image', format: 'HEIC' };
  return undefined;
}

/** Walks the segments of a JPEG to its start-of-frame, which holds the size. */
function jpegSize(head: Buffer): { width: number; height: number } | undefined {
  let at = 2;
  while (at + 9 < head.length && head[at] === 0xff) {
    const marker = head[at + 1] ?? 0;
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return { height: head.readUInt16BE(at + 5), width: head.readUInt16BE(at + 7) };
    }
    at += 2 + head.readUInt16BE(at + 2);
  }
  return undefined;
}

export const pdfFormat = 'PDF document';

const formats: readonly (readonly [bytes: readonly number[], name: string])[] = [
  [[0x7f, 0x45, 0x4c, 0x46], 'ELF program or library'],
  [[0x50, 0x4b, 0x03, 0x04], 'ZIP archive (also jar, docx, xlsx)'],
  [[0x1f, 0x8b], 'gzip data'],
  [[0x42, 0x5a, 0x68], 'bzip2 data'],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a], 'xz data'],
  [[0x28, 0xb5, 0x2f, 0xfd], 'zstd data'],
  [[0x25, 0x50, 0x44, 0x46, 0x2d], pdfFormat],
  [[0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66], 'SQLite database'],
  [[0x00, 0x61, 0x73, 0x6d], 'WebAssembly module'],
  [[0xca, 0xfe, 0xba, 0xbe], 'Java class or Mach-O program'],
  [[0xcf, 0xfa, 0xed, 0xfe], 'Mach-O program'],
  [[0x77, 0x4f, 0x46, 0x46], 'WOFF font'],
  [[0x77, 0x4f, 0x46, 0x32], 'WOFF2 font'],
];

function detectFormat(head: Buffer): string | undefined {
  return formats.find(([bytes]) => startsWith(head, bytes))?.[1];
}

function controlShare(head: Buffer): number {
  let controls = 0;
  for (const byte of head)
    if (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 12 && byte !== 13 && byte !== 27) controls += 1;
  return head.length === 0 ? 0 : controls / head.length;
}

/** Valid UTF-8, UTF-8 with foreign bytes (some sequences are right), or a single-byte encoding (none is). */
function utf8Encoding(head: Buffer, isWhole: boolean): Encoding {
  let right = 0;
  let wrong = 0;
  for (let at = 0; at < head.length; ) {
    const length = utf8Length(head, at);
    if (length === 0 && !isWhole && at >= head.length - 3) break;
    if (length === 0) wrong += 1;
    else if (length > 1) right += 1;
    at += length || 1;
  }
  if (wrong === 0) return 'utf-8';
  return right > 0 ? 'mixed' : 'windows-1252';
}
