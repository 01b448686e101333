import type { Encoding } from '../file/file-kind.ts';
import type { OpenFile } from '../file/open-file.ts';

const chunkBytes = 256 * 1024;

/** The first bytes of a file; `isWhole`: nothing comes after them. */
export type FileStart = { readonly bytes: Buffer; readonly isWhole: boolean };

export type ScanOptions = {
  readonly file: OpenFile;
  /** What has been read already. */
  readonly start?: FileStart;
  readonly encoding: Encoding;
  /** Bytes of a byte order mark. */
  readonly skipBytes: number;
  /** Characters that are kept of a line; the rest is only counted. */
  readonly keep: number;
  readonly signal: AbortSignal;
  /** Called after each chunk with the place in the file; false stops. */
  readonly onChunk?: (position: number) => boolean;
};

/** A line without its break. `length` counts all its characters, `text` may be cut. */
export type ScannedLine = {
  readonly text: string;
  readonly length: number;
  readonly number: number;
  readonly hasReturn: boolean;
};

/**
 * Goes through the lines of a file of any size with one chunk and one (cut) line in memory, until `onLine` gives false. Resolves to
 * whether the end was reached and whether a line break is there.
 */
export async function scanLines(
  options: ScanOptions,
  onLine: (line: ScannedLine) => boolean,
): Promise<{ isWhole: boolean; hasFinalNewline: boolean }> {
  const { keep, signal } = options;
  const decoder = new TextDecoder(options.encoding === 'mixed' ? 'utf-8' : options.encoding, { ignoreBOM: true });
  const readChunk = createChunkReader(options);
  let number = 1;
  let kept = '';
  let length = 0;
  const extend = (piece: string) => {
    if (kept.length <= keep) kept += piece.slice(0, keep + 1 - kept.length);
    length += piece.length;
  };
  const finish = () => {
    const hasReturn = length === kept.length && kept.endsWith('\r');
    const text = hasReturn ? kept.slice(0, -1) : kept;
    const line = { text: text.slice(0, keep), length: length - (hasReturn ? 1 : 0), number, hasReturn };
    kept = '';
    length = 0;
    number += 1;
    return onLine(line);
  };
  for (;;) {
    signal.throwIfAborted();
    const { bytes, position } = await readChunk();
    const text = decoder.decode(bytes, { stream: bytes.length > 0 });
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      extend(text.slice(start, end));
      start = end + 1;
      if (!finish()) return { isWhole: false, hasFinalNewline: true };
    }
    extend(text.slice(start));
    if (bytes.length === 0) break;
    if (options.onChunk?.(position) === false) return { isWhole: false, hasFinalNewline: true };
  }
  const hasFinalNewline = length === 0;
  if (!hasFinalNewline) finish();
  return { isWhole: true, hasFinalNewline };
}

/** Gives one chunk after the other, with the place behind it, and an empty one at the end; each is overwritten by the next. */
function createChunkReader({ file, start, skipBytes }: ScanOptions) {
  let position = skipBytes;
  let buffer: Buffer | undefined;
  return async (): Promise<{ bytes: Uint8Array; position: number }> => {
    if (start !== undefined && position < start.bytes.length) {
      const bytes = start.bytes.subarray(position);
      position = start.bytes.length;
      return { bytes, position };
    }
    if (start?.isWhole) return { bytes: Buffer.alloc(0), position };
    buffer ??= Buffer.allocUnsafe(chunkBytes);
    const { bytesRead } = await file.read(buffer, 0, chunkBytes, position);
    position += bytesRead;
    return { bytes: buffer.subarray(0, bytesRead), position };
  };
}

/** The beginning of a file, at most `most` bytes. */
export async function readStart(file: OpenFile, most: number): Promise<FileStart> {
  const { size } = file.stats;
  const buffer = Buffer.allocUnsafe(Math.min(Math.max(size + 1, 4096), most));
  let length = 0;
  for (let isAtEnd = false; !isAtEnd && length < buffer.length; ) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
    length += bytesRead;
    // Files of the system say that they are empty, and give a part with each read: only a read that gives nothing is their end.
    isAtEnd = bytesRead === 0 || (size > 0 && length >= size);
  }
  return { bytes: buffer.subarray(0, length), isWhole: length < buffer.length };
}
