import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownProgram } from '../../src/core/process/find-program.ts';

export type Hunk = { readonly oldStart: number; readonly newStart: number; readonly lines: readonly string[] };

/** How long git may take over one file. */
const timeoutMs = 5_000;

/** The change of a text as git shows it: for large rewrites, where a comparison in this program takes too long. Undefined without git. */
export async function gitHunks(before: string, after: string, context: number): Promise<readonly Hunk[] | undefined> {
  const { execa } = await import('execa');
  const folder = await mkdtemp(join(tmpdir(), 'wink-diff-'));
  try {
    await writeFile(join(folder, 'before'), before, { mode: 0o600 });
    await writeFile(join(folder, 'after'), after, { mode: 0o600 });
    const words = ['diff', '--no-index', '--no-color', '--no-ext-diff', '--no-textconv', '--text', `-U${context}`];
    // No configuration takes part: the folder is ours, and the user's own must not name a program.
    const settings = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null', GIT_DIR: join(folder, 'none') };
    const { file, env } = ownProgram('git', { ...settings, PATH: process.env.PATH });
    const { stdout, exitCode } = await execa(file, [...words, '--', 'before', 'after'], {
      cwd: folder,
      reject: false,
      timeout: timeoutMs,
      stripFinalNewline: true,
      maxBuffer: 200_000_000,
      extendEnv: false,
      env,
    });
    return exitCode === 1 ? parseHunks(stdout) : undefined;
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
