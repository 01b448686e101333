import { relative, resolve } from 'node:path';
import type { Step } from '../../core/types.ts';

/** Absolute paths of what tools say that they changed in these steps. */
export function editedIn(steps: readonly Step[]): Set<string> {
  return new Set(steps.flatMap(({ results }) => results.flatMap(({ changedFiles = [] }) => changedFiles)));
}

/**
 * The files that the tools and, where there are checkpoints, their commands changed, and the paths that a step touched. `earlier`: the steps of a session
 * that goes on.
 */
export function trackChanges(cwd: string, earlier: readonly Step[]) {
  const changed = new Set<string>();
  const edited = editedIn(earlier);
  const add = (paths: readonly string[] = []) => {
    for (const path of paths) changed.add(path);
  };
  return {
    add,
    note: (step: Step): string[] => {
      for (const result of step.results) {
        add(result.changedFiles);
        for (const path of result.changedFiles ?? []) edited.add(path);
      }
      return step.calls.flatMap(({ input }) => (typeof input.path === 'string' ? [resolve(cwd, input.path)] : []));
    },
    /** Absolute paths: what tools say that they changed, and what changed on the disk meanwhile, by a command or by the user. */
    bySource: () => ({ edited: [...edited], meanwhile: [...changed].filter((path) => !edited.has(path)) }),
    files: () => [...changed].map((path) => relative(cwd, path) || '.').sort(),
  };
}
