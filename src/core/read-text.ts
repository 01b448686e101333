import { readFileSync } from 'node:fs';

/** The text of a small file that people or other programs wrote: UTF-8 or UTF-16 by its byte order mark, which is left out. Throws as `readFileSync` does. */
export function readText(path: string): string {
  return decodeText(readFileSync(path));
}

/** Bytes as text; see `readText`. */
export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return bytes.subarray(2).toString('utf16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff)
    return Buffer.from(bytes.subarray(2, bytes.length - (bytes.length % 2)))
      .swap16()
      .toString('utf16le');
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}
