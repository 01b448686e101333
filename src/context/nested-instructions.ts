import { dirname, isAbsolute, relative } from 'node:path';
import type { ReadingGate } from '../core/disk/reading-gate.ts';
import { loadPrompt } from '../core/prompt.ts';
import {
  collectFolder,
  describeLeftOut,
  foldersBetween,
  formatInstructions,
  type InstructionSearch,
  type LeftOut,
} from './instructions.ts';

/**
 * Gives the text of a harness note when one of these absolute paths lies below a folder whose instructions were not given yet.
 * `forget` is for a compaction that took the steps with these notes away: they are given again when such a folder is next touched.
 */
export type NestedInstructions = ((paths: readonly string[]) => string | undefined) & { readonly forget: () => void };

/**
 * Watches the paths that the agent touches and hands out the AGENTS.md of folders below `cwd` the first time something below them is
 * touched. `given` are the paths of the instructions that the system prompt already has, `leftOut` what it left out; `warn` tells the user what
 * else is left out, once.
 */
export function watchNestedInstructions(places: {
  cwd: string;
  repository: string;
  given: readonly string[];
  leftOut: readonly LeftOut[];
  gate: ReadingGate;
  warn: (message: string) => void;
}): NestedInstructions {
  const seen = new Set<string>(places.given);
  const visited = new Set<string>([places.cwd]);
  const leftOut = [...places.leftOut];
  const touch = (paths: readonly string[]) => {
    const search: InstructionSearch = { gate: places.gate, seen, found: [], leftOut };
    const before = leftOut.length;
    for (const path of paths) {
      for (const folder of foldersBelow(places.cwd, dirname(path))) {
        if (visited.has(folder)) continue;
        visited.add(folder);
        collectFolder(folder, places.repository, search);
      }
    }
    const unread = describeLeftOut(leftOut.slice(before), places.cwd);
    if (unread !== undefined) places.warn(unread);
    return search.found.length === 0
      ? undefined
      : loadPrompt('context/nested', { files: formatInstructions(search.found, places.cwd) });
  };
  const forget = () => {
    seen.clear();
    visited.clear();
    visited.add(places.cwd);
    for (const path of places.given) seen.add(path);
  };
  return Object.assign(touch, { forget });
}

/** Installed packages bring instructions that are meant for their own authors. */
function foldersBelow(cwd: string, folder: string): string[] {
  const inside = relative(cwd, folder);
  if (
    inside === '' ||
    inside.startsWith('..') ||
    isAbsolute(inside) ||
    /(^|[\\/])(node_modules|\.git|\.venv|vendor)([\\/]|$)/.test(inside)
  )
    return [];
  return foldersBetween(cwd, folder);
}
