import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { writeFileAtomic } from '../../src/core/disk/atomic.ts';
import { ToolError, type Workspace } from '../../src/core/tool.ts';
import { editBytes } from '../shared/limits.ts';
import { decodeText, encodeText, type TextFile } from './codec.ts';
import type { Here } from './nearest.ts';
import { openRegular } from './open-file.ts';
import { showPath, stampKey } from './paths.ts';

export type LoadedFile = TextFile & { readonly stats: Stats; readonly hash: string };

/** Loads a whole text file. Throws a ToolError for what is missing, no regular file, no text or too large to hold in memory. */
export async function loadText(here: Here, path: string, checkedPath?: string): Promise<LoadedFile> {
  const { cwd } = here;
  const file = await openRegular(here, path, checkedPath);
  const { stats } = file;
  try {
    if (stats.size > editBytes) {
      throw new ToolError(
        'unreadable',
        `${showPath(cwd, path)} is too large for this tool (${stats.size} bytes, at most ${editBytes}); change it with a command, e.g. sed -i.`,
      );
    }
    const bytes = await file.readFile();
    const decoded = decodeText(bytes);
    if (typeof decoded === 'string')
      throw new ToolError(
        'unreadable',
        `${showPath(cwd, path)} is not text (${decoded}), so it can't be edited as text.`,
      );
    return { ...decoded, stats, hash: hashBytes(bytes) };
  } finally {
    file.close();
  }
}

/** Whether a file is as the agent saw it last: by its bytes where their hash was kept, else by size and time. */
export async function isAsSeen(workspace: Workspace, path: string, { stats, hash }: Seen): Promise<boolean> {
  const stamp = workspace.stamps.get(await stampKey(path));
  if (stamp === undefined) return true;
  if (stamp.hash !== undefined && hash !== undefined) return stamp.hash === hash;
  return stamp.mtimeMs === stats.mtimeMs && stamp.size === stats.size;
}

export type Seen = { readonly stats: Stats; readonly hash?: string | undefined };

/** Throws `stale-file` for a file that may not be replaced whole: never read, or not as it was read. */
export async function requireSeen(workspace: Workspace, path: string, seen: Seen): Promise<void> {
  const stamp = workspace.stamps.get(await stampKey(path));
  const name = showPath(workspace.cwd, path);
  if (stamp === undefined)
    throw new ToolError(
      'stale-file',
      `${name} exists and was not read in this session. Read it first, then write it, or change parts of it with edit.`,
    );
  if (stamp.isPartlyUnseen || !(await isAsSeen(workspace, path, seen)))
    throw new ToolError(
      'stale-file',
      `${name} changed on disk since it was read. Read it again, then repeat the change.`,
    );
}

/** What the model is to know of a file with several names, which all have the new text; empty for any other. */
export function describeNames(name: string, stats: Stats | undefined): string {
  return stats && stats.nlink > 1 ? ` ${name} has ${stats.nlink} names (hard links), which all hold the new text.` : '';
}

/** A short name for what bytes say. */
export function hashBytes(bytes: Uint8Array): string {
  return createHash('sha1').update(bytes).digest('base64');
}

/**
 * Writes a text atomically in its encoding, if the file is still as `before` says (undefined: not there), and remembers its new state.
 * `isPartlyUnseen`: others changed it since the agent read it; `checkedPath`: the real path that was allowed. Throws a ToolError when the encoding has no place for a character or the file changed meanwhile.
 */
export async function saveText(
  workspace: Workspace,
  path: string,
  file: TextFile,
  before: Stats | undefined,
  {
    isPartlyUnseen = false,
    checkedPath,
  }: { readonly isPartlyUnseen?: boolean; readonly checkedPath: string | undefined },
): Promise<void> {
  const name = showPath(workspace.cwd, path);
  const bytes = encodeText(file);
  if (bytes === undefined) {
    throw new ToolError(
      'bad-arguments',
      `${name} is encoded as ${file.encoding}, which has no place for a character of the new text. Nothing was changed.`,
    );
  }
  const now = await stat(path).catch(() => undefined);
  if (now?.mtimeMs !== before?.mtimeMs || now?.size !== before?.size) {
    throw new ToolError(
      'stale-file',
      `${name} was changed by someone else just now. Nothing was changed; read it again.`,
    );
  }
  await writeFileAtomic(path, bytes, undefined, checkedPath);
  const after = await stat(path);
  const key = await stampKey(path);
  workspace.stamps.set(key, {
    mtimeMs: after.mtimeMs,
    size: after.size,
    hash: hashBytes(bytes),
    isPartlyUnseen: isPartlyUnseen || workspace.stamps.get(key)?.isPartlyUnseen === true,
  });
}
