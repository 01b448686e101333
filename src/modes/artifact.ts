import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeFileAtomic } from '../core/disk/atomic.ts';
import { messageOf, UserError } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import { runGitSafely } from '../core/git/ask-git.ts';
import type { RunResult } from '../core/run/run-result.ts';

export type ArtifactOptions = {
  /** As the user gave it; packed when it ends in .gz. */
  readonly file: string;
  readonly cwd: string;
  /** Where the session's lines are written; undefined without a session file. */
  readonly sessionFile: string | undefined;
};

/** All that a run leaves, in one file of JSON lines: the session's lines, then a `result` for each turn and the `patch`. */
export type Artifact = {
  readonly listen: (event: Event) => void;
  /** Takes the patch while the session is still open, and never throws; `patchSince` gives what the files have changed since a time (ISO). */
  readonly collect: (patchSince: (time: string) => Promise<string>) => Promise<void>;
  /** Writes the file, when the session file is complete. Gives a sentence where it could not be written, or has no patch. */
  readonly write: () => Promise<string | undefined>;
};

/** Throws UserError where no such file can be written, before anything is asked of a model. */
export function openArtifact({ file, cwd, sessionFile }: ArtifactOptions): Artifact {
  const path = resolve(file);
  if (sessionFile === undefined) throw new UserError('--artifact includes the session file; leave out --no-session.');
  if (!existsSync(dirname(path))) throw new UserError(`--artifact ${file}: its folder does not exist.`);
  if (existsSync(path) && !statSync(path).isFile()) throw new UserError(`--artifact ${file} is not a file.`);
  const startedAt = new Date().toISOString();
  const base = runGitSafely(cwd, ['rev-parse', 'HEAD'])?.trim();
  const results: RunResult[] = [];
  let patch: string | undefined = '';
  let problem: string | undefined;
  return {
    listen: (event) => {
      if (event.type === 'result') results.push(event.result);
    },
    collect: async (patchSince) => {
      try {
        patch = await patchSince(startedAt);
      } catch (error) {
        patch = undefined;
        problem = `The artifact has no patch. ${messageOf(error)}`;
      }
    },
    write: async () => {
      const lines = [...results, ...(patch === undefined ? [] : [{ type: 'patch', base: base ?? null, patch }])];
      let session: string;
      try {
        session = readFileSync(sessionFile, 'utf8').replace(/\n*$/, '\n');
      } catch (error) {
        return `The artifact could not be written: the session's file can't be read (${messageOf(error)}).`;
      }
      const text = session + lines.map((line) => `${JSON.stringify(line)}\n`).join('');
      try {
        await writeFileAtomic(path, path.endsWith('.gz') ? gzipSync(text) : text);
        return problem;
      } catch (error) {
        return `The artifact could not be written (${messageOf(error)}); the run is saved in ${sessionFile}.`;
      }
    },
  };
}
