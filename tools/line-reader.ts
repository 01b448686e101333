import type { FileHandle } from 'node:fs/promises';
import type { Encoding } from './file-kind.ts';
import { lineCharacters } from './limits.ts';

export type LineWindow = {
  /** The lines asked for, each cut to the limit; `cut` is the full length in characters where a line was cut. */
  readonly lines: readonly { readonly text: string; readonly cut?: number }[];
  /** Lines of the whole file; undefined when the end was not reached. */
  readonly totalLines: number | undefined;
  readonly hasFinalNewline: boolean;
  readonly hasCarriageReturns: boolean;
};

const chunkBytes = 256 * 1024;

/**
 * Reads lines `from` (1-based) to at most `from + count - 1` of a file, holding one chunk and the wanted lines in memory. Stops when
 * `characters` are collected. After the window it counts on to the file's end if that is at most `countBytes` bytes away.
 */
export async function readLineWindow(options: {
  handle: FileHandle;
  encoding: Encoding;
  skipBytes: number;
  from: number;
  count: number;
  characters: number;
  countBytes: number;
  signal: AbortSignal;
}): Promise<LineWindow> {
  const { handle, from, characters, signal } = options;
  const decoder = new TextDecoder(options.encoding === 'mixed' ? 'utf-8' : options.encoding, { ignoreBOM: true });
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const lines: { text: string; cut?: number }[] = [];
  let last = from + options.count - 1;
  let lineNumber = 1;
  let current = '';
  let currentLength = 0;
  let collected = 0;
  let hasCarriageReturns = false;
  let position = options.skipBytes;
  let windowEnd: number | undefined;
  const isWanted = () => lineNumber >= from && lineNumber <= last;

  const extend = (piece: string) => {
    if (isWanted() && current.length <= lineCharacters) current += piece.slice(0, lineCharacters + 1 - current.length);
    currentLength += piece.length;
  };
  const finishLine = () => {
    if (isWanted()) {
      const ends = current.endsWith('\r') && currentLength === current.length;
      if (ends) hasCarriageReturns = true;
      const text = ends ? current.slice(0, -1) : current;
      const isCut = currentLength > lineCharacters + (ends ? 1 : 0);
      lines.push(isCut ? { text: text.slice(0, lineCharacters), cut: currentLength } : { text });
      collected += text.length + 1;
      if (collected >= characters) last = lineNumber;
    }
    current = '';
    currentLength = 0;
    lineNumber += 1;
  };

  for (;;) {
    signal.throwIfAborted();
    const { bytesRead } = await handle.read(buffer, 0, chunkBytes, position);
    position += bytesRead;
    const text = decoder.decode(buffer.subarray(0, bytesRead), { stream: bytesRead > 0 });
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      extend(text.slice(start, end));
      finishLine();
      start = end + 1;
    }
    extend(text.slice(start));
    if (bytesRead === 0) break;
    if (lineNumber > last) {
      windowEnd ??= position;
      if (position - windowEnd > options.countBytes)
        return { lines, totalLines: undefined, hasFinalNewline: true, hasCarriageReturns };
    }
  }
  const hasFinalNewline = currentLength === 0;
  if (!hasFinalNewline) finishLine();
  return { lines, totalLines: lineNumber - 1, hasFinalNewline, hasCarriageReturns };
}
