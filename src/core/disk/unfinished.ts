import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import * as z from 'zod';

const schema = z.object({ temporary: z.string(), target: z.string(), at: z.number() });

/** A write in place: the whole new content is in `temporary`, and `target` was about to be overwritten with it at `at` (Unix ms). */
export type UnfinishedWrite = z.infer<typeof schema>;

/** A write in place lasts no longer; whoever changed the file later did so knowingly. */
const maxWriteMs = 10_000;
/** The times of files are coarser than the clock: some milliseconds on most file systems, two seconds on FAT. */
const clockMs = 2000;

export function unfinishedWrite(value: unknown): UnfinishedWrite | undefined {
  const parsed = schema.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/**
 * Finishes a write in place that a kill cut short: only when the new content is still there and the file was last written while that
 * write ran. Returns the number of temporary files removed.
 */
export function finishWrite({ temporary, target, at }: UnfinishedWrite): number {
  try {
    const content = readFileSync(temporary);
    const { mtimeMs } = statSync(target);
    if (mtimeMs >= at - clockMs && mtimeMs <= at + maxWriteMs) overwrite(target, content);
    rmSync(temporary);
    return 1;
  } catch {
    return 0;
  }
}

/** Gives a file new content without making a new file of it. */
function overwrite(target: string, content: Buffer): void {
  const file = openSync(target, 'r+');
  try {
    for (let at = 0; at < content.length; ) at += writeSync(file, content, at, content.length - at, at);
    ftruncateSync(file, content.length);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
