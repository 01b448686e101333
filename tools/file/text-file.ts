import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { writeFileAtomic } from '../../src/core/atomic.ts';
import { ToolError, type Workspace } from '../../src/core/tool.ts';
import { editBytes } from '../shared/limits.ts';
import { decodeText, encodeText, type TextFile } from './codec.ts';
import { openRegular } from './open-file.ts';
import { showPath, stampKey } from './paths.ts';

export type LoadedFile = TextFile & { readonly stats: Stats };

/** Loads a whole text file. Throws a ToolError for what is missing, no regular file, no text or too large to hold in memory. */
export async function loadText(cwd: string, path: string): Promise<LoadedFile> {
  const { handle, stats } = await openRegular(cwd, path);
  try {
    if (stats.size > editBytes) {
      throw new ToolError(
        'unreadable',
        `${showPath(cwd, path)} is too large for this tool (${stats.size} bytes, at most ${editBytes}); change it with a command, e.g. sed -i.`,
      );
    }
    const decoded = decodeText(await handle.readFile());
    if (typeof decoded === 'string')
      throw new ToolError(
        'unreadable',
        `${showPath(cwd, path)} is no text (${decoded}), so it can't be edited as text.`,
      );
    return { ...decoded, stats };
  } finally {
    await handle.close();
  }
}

/** Throws `stale-file` when the file is not what the agent saw last. `mustBeKnown`: one that it never saw is refused too. */
export async function requireFresh(
  workspace: Workspace,
  path: string,
  stats: Stats,
  mustBeKnown: boolean,
): Promise<void> {
  const stamp = workspace.stamps.get(await stampKey(path));
  const name = showPath(workspace.cwd, path);
  if (stamp === undefined) {
    if (mustBeKnown)
      throw new ToolError(
        'stale-file',
        `${name} exists and was not read in this session. Read it first, then write it, or change parts of it with edit.`,
      );
    return;
  }
  if (stamp.mtimeMs !== stats.mtimeMs || stamp.size !== stats.size) {
    throw new ToolError(
      'stale-file',
      `${name} changed on disk since it was read. Read it again, then repeat the change.`,
    );
  }
}

/**
 * Writes a text atomically in its encoding, if the file is still as `before` says (undefined: not there), and remembers its new state.
 * Throws a ToolError when the encoding has no place for a character or the file changed meanwhile.
 */
export async function saveText(
  workspace: Workspace,
  path: string,
  file: TextFile,
  before: Stats | undefined,
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
  await writeFileAtomic(path, bytes);
  const after = await stat(path);
  workspace.stamps.set(await stampKey(path), { mtimeMs: after.mtimeMs, size: after.size });
}
