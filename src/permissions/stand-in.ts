import { findForeignProgram, findOwnProgram } from '../core/process/find-program.ts';
import type { SimpleCommand } from '../core/shell/read-script.ts';
import { withoutWrappers } from './plain-effects.ts';

/** Bash runs these itself, whatever is on the PATH. */
const builtIn = new Set(': [ [[ cd echo false printf pwd test true type'.split(' '));

/**
 * The full path of the program of the workspace that a command starts by its bare name: where direnv or npx put `node_modules/.bin` on the
 * PATH, a repository may bring a `git` of its own. Undefined for the user's programs.
 */
export function findStandIn({ words, folder }: SimpleCommand): string | undefined {
  return findForeign(words[0]?.value ?? '', folder);
}

/**
 * Whether such a program is started in the place of one of the user's, also behind `time` or `nice`. A program that only the workspace has
 * (`vitest` in `node_modules/.bin`) is in nobody's place.
 */
export function isReplaced({ words, folder }: SimpleCommand): boolean {
  const values = words.map(({ value }) => value);
  const names = values.slice(0, values.length - withoutWrappers(values).length + 1);
  return names.some((name) => findForeign(name, folder) !== undefined && findOwnProgram(name, process.env, folder));
}

function findForeign(name: string, folder: string): string | undefined {
  if (name === '' || name.includes('/') || builtIn.has(name)) return undefined;
  return findForeignProgram(name, process.env, folder);
}
