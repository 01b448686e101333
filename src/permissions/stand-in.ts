import { findForeignProgram } from '../core/process/find-program.ts';
import type { SimpleCommand } from '../core/shell/read-script.ts';

/** Bash runs these itself, whatever is on the PATH. */
const builtIn = new Set(': [ [[ cd echo false printf pwd test true type'.split(' '));

/**
 * The full path of the program of the workspace that a command starts by its bare name: where direnv or npx put `node_modules/.bin` on the
 * PATH, a repository may bring a `git` of its own. Undefined for the user's programs.
 */
export function findStandIn({ words, folder }: SimpleCommand): string | undefined {
  const name = words[0]?.value ?? '';
  if (name === '' || name.includes('/') || builtIn.has(name)) return undefined;
  return findForeignProgram(name, process.env, folder);
}
