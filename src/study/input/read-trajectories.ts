import type { Readable } from 'node:stream';
import { messageOf } from '../../core/errors.ts';
import { trajectoryFormats } from '../formats/all-formats.ts';
import { type FoundFile, findFiles, openBytes } from './find-files.ts';
import type { StudyTrajectory, TrajectoryFormat } from './trajectory.ts';

const headBytes = 256 * 1024;
/** A first line is looked at whole up to this length. */
const maxHeadLength = 64 * 1024 * 1024;
const batchBytes = 1024 * 1024;

/** A piece of work: some whole lines of a file, or a whole file, of one format. */
export type Batch = {
  readonly format: string;
  readonly file: string;
  /** 1-based number of the first line. */
  readonly firstLine: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
};

export type ReadListener = {
  /** A file or line that was not read, and why. */
  readonly onSkip: (place: string, reason: string) => void;
  /** Progress in bytes on the disk, of all files together. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Keys and proxies for files in an object storage (default process.env). */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

/**
 * Every trajectory in the files and folders, one after the other and in a stable order; no more than a megabyte of
 * lines (or one file of a format that can't be split) is in memory. Unknown files are reported to the listener and skipped;
 * a path that does not exist throws UserError.
 */
export async function* openTrajectories(
  paths: readonly string[],
  listener: ReadListener,
): AsyncGenerator<StudyTrajectory> {
  for await (const batch of openBatches(paths, listener)) yield* parseBatch(batch, listener.onSkip);
}

/** The same as bytes, for whoever parses elsewhere. */
export async function* openBatches(paths: readonly string[], listener: ReadListener): AsyncGenerator<Batch> {
  const { env = process.env } = listener;
  const files = await findFiles(paths, env);
  const total = files.reduce((sum, file) => sum + file.bytes, 0);
  let done = 0;
  const onBytes = (bytes: number) => {
    done += bytes;
    listener.onProgress?.(done, total);
  };
  for (const file of files) yield* openFile(file, openBytes(file.path, onBytes, env), listener.onSkip);
}

async function* openFile(file: FoundFile, content: Readable, onSkip: ReadListener['onSkip']): AsyncGenerator<Batch> {
  const pending = new PendingBytes();
  let format: TrajectoryFormat | undefined;
  let firstLine = 1;
  let isDamaged = false;
  /** Nothing is known of the beginning of the first line: some forms are recognised by the whole of it. */
  let isLongLine = false;
  try {
    for await (const chunk of content) {
      pending.add(chunk);
      if (format === undefined) {
        if (pending.length < headBytes || (isLongLine && !chunk.includes(10) && pending.length < maxHeadLength))
          continue;
        format = recognise(pending.peekHead(), file.path);
        isLongLine = format === undefined && !isLongLine && !pending.hasLine();
        if (isLongLine) continue;
        if (format === undefined) return onSkip(file.path, 'its form is not known');
      }
      if (format.unit === 'file' || pending.length < batchBytes) continue;
      const bytes = pending.takeLines();
      if (bytes === undefined) continue;
      const lines = countLines(bytes);
      yield { format: format.name, file: file.path, firstLine, bytes };
      firstLine += lines;
    }
  } catch (error) {
    isDamaged = true;
    onSkip(file.path, reasonOf(error, file.path));
  }
  format ??= recognise(pending.peekHead(), file.path);
  if (format === undefined) return isDamaged ? undefined : onSkip(file.path, 'its form is not known');
  if (pending.length > 0) yield { format: format.name, file: file.path, firstLine, bytes: pending.takeAll() };
}

/** An error's sentence without the file's name and the full stop, which the listener adds. */
function reasonOf(error: unknown, path: string): string {
  const sentence = messageOf(error);
  return sentence.slice(sentence.startsWith(`${path} `) ? path.length + 1 : 0).replace(/\.$/, '');
}

function recognise(head: string, path: string): TrajectoryFormat | undefined {
  return trajectoryFormats.find((format) => format.recognises(head, path));
}

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
}

/** The trajectories of a batch; a line that can't be read is reported and skipped. */
export function* parseBatch(batch: Batch, onSkip: ReadListener['onSkip']): Generator<StudyTrajectory> {
  const format = trajectoryFormats.find((candidate) => candidate.name === batch.format)!;
  const text = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.byteLength).toString('utf8');
  if (format.unit === 'file') {
    yield* parseText(format, text, { file: batch.file }, onSkip);
    return;
  }
  let line = batch.firstLine;
  for (const [start, end] of lineRanges(text)) {
    if (text.slice(start, Math.min(end, start + 20)).trim() !== '')
      yield* parseText(format, text.slice(start, end), { file: batch.file, line }, onSkip);
    line += 1;
  }
}

function parseText(
  format: TrajectoryFormat,
  text: string,
  place: { file: string; line?: number },
  onSkip: ReadListener['onSkip'],
): readonly StudyTrajectory[] {
  try {
    return format.parse(text, place, (line) => onSkip(`${place.file}:${line}`, 'it is not whole JSON'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it is not whole JSON' : 'it has not the form of its file';
    onSkip(place.line === undefined ? place.file : `${place.file}:${place.line}`, reason);
    return [];
  }
}

function* lineRanges(text: string): Generator<readonly [number, number]> {
  let start = 0;
  while (start < text.length) {
    const at = text.indexOf('\n', start);
    const end = at === -1 ? text.length : at;
    yield [start, end];
    start = end + 1;
  }
}

/** Bytes that were read and not yet handed on. */
class PendingBytes {
  private chunks: Buffer[] = [];
  length = 0;

  add(chunk: Buffer): void {
    this.chunks.push(chunk);
    this.length += chunk.length;
  }

  /** The first bytes, and in any case the whole of the first line. */
  peekHead(): string {
    const all = this.merge();
    const line = all.indexOf(10);
    return all.subarray(0, Math.max(headBytes, line === -1 ? all.length : line + 1)).toString('utf8');
  }

  hasLine(): boolean {
    return this.merge().includes(10);
  }

  /** All whole lines, or undefined when there isn't one yet. */
  takeLines(): Uint8Array<ArrayBuffer> | undefined {
    const last = this.chunks.at(-1);
    if (last === undefined || last.lastIndexOf(10) === -1) return undefined;
    const all = this.merge();
    const end = all.lastIndexOf(10) + 1;
    this.chunks = [all.subarray(end)];
    this.length = all.length - end;
    return copy(all.subarray(0, end));
  }

  takeAll(): Uint8Array<ArrayBuffer> {
    const all = this.merge();
    this.chunks = [];
    this.length = 0;
    return copy(all);
  }

  private merge(): Buffer {
    if (this.chunks.length > 1) this.chunks = [Buffer.concat(this.chunks)];
    return this.chunks[0] ?? Buffer.alloc(0);
  }
}

/** A buffer of its own, so that it can be transferred to a worker. */
function copy(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const own = new Uint8Array(bytes.length);
  own.set(bytes);
  return own;
}
