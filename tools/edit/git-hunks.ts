import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGit } from '../../src/core/git/start-git.ts';

export type Hunk = { readonly oldStart: number; readonly newStart: number; readonly lines: readonly string[] };

/** How long git may take over one file. */
const timeoutMs = 5_000;

/** The change of a text as git shows it: for large rewrites, where a comparison in this program takes too long. Undefined without git. */
export async function gitHunks(before: string, after: string, context: number): Promise<readonly Hunk[] | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'wink-diff-'));
  try {
    await writeFile(join(folder, 'before'), before, { mode: 0o600 });
    await writeFile(join(folder, 'after'), after, { mode: 0o600 });
    const words = ['diff', '--no-index', '--no-color', '--no-ext-diff', '--no-textconv', '--text', `-U${context}`];
    // No configuration takes part: the folder is ours, and there is no repository.
    const env = { GIT_DIR: join(folder, 'none') };
    const signal = AbortSignal.timeout(timeoutMs);
    const ended = await startGit([...words, '--', 'before', 'after'], { cwd: folder, env, signal }).catch(
      () => undefined,
    );
    return ended?.code === 1 ? parseHunks(ended.output.toString('utf8').replace(/\n$/, '')) : undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function parseHunks(patch: string): Hunk[] {
  const hunks: { oldStart: number; newStart: number; lines: string[] }[] = [];
  for (const line of patch.split('\n')) {
    const head = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/.exec(line);
    if (head) hunks.push({ oldStart: Number(head[1]), newStart: Number(head[2]), lines: [] });
    else hunks.at(-1)?.lines.push(line);
  }
  return hunks;
}
