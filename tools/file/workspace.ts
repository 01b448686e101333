import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Workspace } from '../../src/core/tool.ts';
import { endDescendants } from '../shell/descendants.ts';
import { hideVariables, takeShellState } from '../shell/shell-state.ts';

/**
 * What the tools of a session share. `cwd` and `addDirs` become absolute. `hiddenVariables` names environment variables that commands
 * do not get (the key variables of configured providers). Touches nothing on disk.
 */
export function createWorkspace(options: {
  cwd: string;
  addDirs?: readonly string[];
  outputFolder: string;
  /** Where the user adds packages. */
  packages?: string;
  confine?: Pick<Workspace, 'wrapCommand' | 'findWant' | 'hides' | 'denies' | 'redact'>;
  hiddenVariables?: readonly string[];
}): Workspace {
  const cwd = resolve(options.cwd);
  const workspace: Workspace = {
    cwd,
    roots: [cwd, ...(options.addDirs ?? []).map((folder) => resolve(cwd, folder))],
    outputFolder: resolve(options.outputFolder),
    ...(options.packages ? { packages: options.packages } : {}),
    stamps: new Map(),
    jobs: new Map(),
    todos: [],
    putOff: new Map(),
    ...options.confine,
  };
  hideVariables(workspace, options.hiddenVariables ?? []);
  return workspace;
}

/** Ends every process that a command of this session left running: jobs, daemons, whatever went its own way. */
export async function closeWorkspace(workspace: Workspace): Promise<void> {
  const state = takeShellState(workspace);
  if (!state) return;
  await state.waiting.close();
  if (state.mayHaveProcesses()) await endDescendants({ groups: [...state.groups], mark: state.markPrefix });
  const patience = new AbortController();
  await Promise.race([Promise.allSettled(state.tidying), wait(tidyingMs, undefined, { signal: patience.signal })]);
  patience.abort();
  state.stopWatchdog();
  workspace.jobs.clear();
}

/** What lies on a disk that hangs must not hold up the end of a session. */
const tidyingMs = 5_000;
