import { type FileStart, scanLines } from '../search/scan-lines.ts';
import { lineCharacters } from '../shared/limits.ts';
import type { Encoding } from './file-kind.ts';
import type { OpenFile } from './open-file.ts';

export type LineWindow = {
  /** The lines asked for, each cut to the limit; `cut` is the full length in characters where a line was cut. */
  readonly lines: readonly { readonly text: string; readonly cut?: number }[];
  /** Lines of the whole file; undefined when the end was not reached. */
  readonly totalLines: number | undefined;
  readonly hasFinalNewline: boolean;
  readonly hasCarriageReturns: boolean;
};

/**
 * Reads lines `from` (1-based) to at most `from + count - 1` of a file, holding one chunk and the wanted lines in memory. Stops when
 * `characters` are collected. After the window it counts on to the file's end if that is at most `countBytes` bytes away.
 */
export async function readLineWindow(options: {
  file: OpenFile;
  start: FileStart;
  encoding: Encoding;
  skipBytes: number;
  from: number;
  count: number;
  characters: number;
  countBytes: number;
  signal: AbortSignal;
}): Promise<LineWindow> {
  const lines: { text: string; cut?: number }[] = [];
  let last = options.from + options.count - 1;
  let seen = 0;
  let collected = 0;
  let hasCarriageReturns = false;
  let windowEnd: number | undefined;
  const onChunk = (position: number) => {
    if (seen < last) return true;
    windowEnd ??= position;
    return position - windowEnd <= options.countBytes;
  };
  const { isWhole, hasFinalNewline } = await scanLines(
    { ...options, keep: lineCharacters, onChunk },
    ({ text, length, number, hasReturn }) => {
      seen = number;
      if (number < options.from || number > last) return true;
      if (hasReturn) hasCarriageReturns = true;
      lines.push(length > text.length ? { text, cut: length } : { text });
      collected += text.length + 1;
      if (collected >= options.characters) last = number;
      return true;
    },
  );
  return { lines, totalLines: isWhole ? seen : undefined, hasFinalNewline, hasCarriageReturns };
}
