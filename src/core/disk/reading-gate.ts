import { existsSync, realpathSync } from 'node:fs';
import { basename, isAbsolute, relative, sep } from 'node:path';
import { looksSecret } from './secret-paths.ts';

/** What may go into a request although nobody was asked: everything that we read by ourselves passes it. Paths are absolute. */
export type ReadingGate = {
  /** The words of the rule that closes a file ("the deny rule read(private/**) covers it"); undefined: none does. */
  readonly whyClosed: (path: string) => string | undefined;
  /** Whether not even its name is told: a deny rule covers it. */
  readonly isUnnamed: (path: string) => boolean;
};

/**
 * Why a file that extends the agent (a skill, a command, an agent) is left out, in words that follow "it"; undefined where it may be read.
 * `repository`: of a file that others wrote, the folder that it may not lead out of.
 */
export function whyLeftOut(path: string, gate: ReadingGate, repository?: string): string | undefined {
  const why = gate.whyClosed(path);
  if (why !== undefined) return `is left out: ${why}`;
  // A link to nothing is told by whoever reads it.
  if (repository === undefined || !existsSync(path)) return undefined;
  const real = realpathSync(path);
  if (!isWithin(repository, real)) return 'is left out: it is a link that leads out of the repository';
  return looksSecret(basename(real)) ? 'is left out: it is a link to what looks like a secret' : undefined;
}

/** Whether a real path lies in a folder, whose own links are followed. */
export function isWithin(folder: string, real: string): boolean {
  const inside = relative(realpathSync(folder), real);
  return inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}
