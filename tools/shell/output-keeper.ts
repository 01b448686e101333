import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { messageOf } from '../../src/core/errors.ts';
import { decodeBytes, wideEncoding } from '../../src/core/text/decode.ts';
import { createStreamRedactor } from '../../src/core/text/redact.ts';
import { stripControls } from '../../src/core/text/sanitize.ts';
import { outputFileBytes, outputHeadBytes, outputTailBytes } from '../shared/limits.ts';

/** Holds a command's output in bounded memory: its head, a ring of its tail, and all of it (up to a cap) in a file. */
export type OutputKeeper = {
  readonly push: (chunk: Buffer) => void;
  /** What came since the last call, clipped and harmless, with a line that says where the rest is. */
  readonly take: () => string;
  /** No more will come: closes the file. */
  readonly close: () => void;
  /** Nobody may see any of it. */
  readonly discard: () => void;
};

/** `file` is written once the output outgrows what is kept in memory, or from the first byte when `isEager`. */
export function createOutputKeeper(file: string, isEager: boolean, redact: (text: string) => string): OutputKeeper {
  let pieces: Buffer[] = [];
  let heldBytes = 0;
  let head = Buffer.alloc(0);
  let isOverflowing = false;
  let sinceTake = 0;
  const spool = createSpool(file, redact);

  const shrink = () => {
    const all = Buffer.concat(pieces);
    if (!isOverflowing) {
      isOverflowing = true;
      head = Buffer.from(all.subarray(0, outputHeadBytes));
      if (!isEager) spool.write(all);
    }
    pieces = [Buffer.from(all.subarray(all.length - outputTailBytes))];
    heldBytes = outputTailBytes;
  };
  return {
    push: (chunk) => {
      if (isEager || isOverflowing) spool.write(chunk);
      sinceTake += chunk.length;
      pieces.push(
        chunk.length > outputTailBytes && isOverflowing ? chunk.subarray(chunk.length - outputTailBytes) : chunk,
      );
      heldBytes += pieces.at(-1)?.length ?? 0;
      if (heldBytes > (isOverflowing ? 4 * outputTailBytes : outputHeadBytes + outputTailBytes)) shrink();
    },
    take: () => {
      const held = Buffer.concat(pieces);
      const text = isOverflowing
        ? renderClipped(head, held.subarray(Math.max(0, held.length - outputTailBytes)), sinceTake, spool.describe())
        : renderWhole(held);
      pieces = [];
      heldBytes = 0;
      sinceTake = 0;
      isOverflowing = false;
      return text;
    },
    close: spool.close,
    discard: () => {
      pieces = [];
      heldBytes = 0;
      spool.close();
      rmSync(file, { force: true });
    },
  };
}

/** Keys are taken out of what is kept; one byte is one character for that, so that all else stays as it came. */
function createSpool(
  file: string,
  redact: (text: string) => string,
): { write: (bytes: Buffer) => void; describe: () => string; close: () => void } {
  let descriptor: number | undefined;
  let written = 0;
  let failure: string | undefined;
  let isClosed = false;
  const lines = createStreamRedactor(redact);
  const open = () => {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    return openSync(file, 'w', 0o600);
  };
  const put = (text: string) => {
    if (isClosed || failure !== undefined || written >= outputFileBytes) return;
    try {
      descriptor ??= open();
      const part = Buffer.from(text, 'latin1').subarray(0, outputFileBytes - written);
      for (let done = 0; done < part.length; ) done += writeSync(descriptor, part, done);
      written += part.length;
    } catch (error) {
      failure = messageOf(error);
    }
  };
  return {
    write: (bytes) => put(lines.push(bytes.toString('latin1'))),
    describe: () => {
      put(lines.flush());
      if (failure !== undefined) return `the full output could not be kept: ${failure}`;
      const part = written >= outputFileBytes ? `the first ${outputFileBytes} bytes are` : 'the full output is';
      return `${part} in ${file}: use grep or read with offset on it`;
    },
    close: () => {
      if (descriptor !== undefined) put(lines.flush());
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
      isClosed = true;
    },
  };
}

function renderWhole(bytes: Buffer): string {
  return describeBinary(bytes) ?? stripControls(decodeBytes(bytes));
}

function renderClipped(head: Buffer, tail: Buffer, total: number, where: string): string {
  const binary = describeBinary(head);
  if (binary !== undefined) return `${binary}\n[${total} bytes in all; ${where}]`;
  const headEnd = head.lastIndexOf(10);
  const tailStart = tail.indexOf(10);
  const kept = [
    headEnd > 0 ? headEnd : endOfCharacter(head),
    tailStart === -1 || tailStart > tail.length / 2 ? startOfCharacter(tail) : tailStart + 1,
  ] as const;
  const omitted = total - kept[0] - (tail.length - kept[1]);
  return `${stripControls(decodeBytes(head.subarray(0, kept[0])))}\n[… ${omitted} of ${total} bytes left out; ${where} …]\n${stripControls(decodeBytes(tail.subarray(kept[1])))}`;
}

/** A cut may not fall into the middle of a UTF-8 character. */
function endOfCharacter(bytes: Buffer): number {
  let end = bytes.length;
  while (end > bytes.length - 4 && end > 0 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end -= 1;
  return end > 0 && (bytes[end - 1] ?? 0) >= 0xc0 ? end - 1 : bytes.length;
}

function startOfCharacter(bytes: Buffer): number {
  let start = 0;
  while (start < 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start += 1;
  return start;
}

/** Output that isn't text is mentioned, not shown. */
function describeBinary(bytes: Buffer): string | undefined {
  const sample = bytes.subarray(0, 4096);
  if (wideEncoding(sample)) return undefined;
  let strange = 0;
  for (const byte of sample)
    if (byte === 0 || (byte < 9 && byte !== 8) || (byte > 13 && byte < 27) || byte === 127) strange += 1;
  if (sample.length === 0 || strange / sample.length < 0.05) return undefined;
  return `[binary output, not shown; it starts with the bytes ${sample.subarray(0, 16).toString('hex')}]`;
}
