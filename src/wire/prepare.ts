import { join } from 'node:path';
import { createWorkspace } from '../../tools/workspace.ts';
import { buildSystemPrompt, type SystemPrompt } from '../context/system.ts';
import type { Workspace } from '../core/tool.ts';
import type { Trajectory } from '../core/types.ts';
import type { UserQuestion } from '../observer/start-observer.ts';
import { createPermissions, type Permissions } from '../permissions/permissions.ts';
import type { ResolvedModels } from '../providers/resolve.ts';
import type { AskUser } from './permit.ts';
import type { SessionChoice } from './session-choice.ts';
import type { Setup } from './setup.ts';

export type RunOptions = {
  readonly setup: Setup;
  readonly models: ResolvedModels;
  readonly choice: SessionChoice;
  readonly isInteractive: boolean;
  /** The first words, for the observer and the list of sessions. */
  readonly task: string;
  readonly askUser?: AskUser;
  /** The observer's ladder has reached the user. Returns at once. */
  readonly onAskUser?: (question: UserQuestion) => void;
};

/** The system prompt as it stands now; a resumed session keeps the one it began with, so that prompt caches hold. */
export function prepareSystem({ setup, isInteractive }: RunOptions): SystemPrompt {
  return buildSystemPrompt({
    cwd: setup.cwd,
    home: setup.home,
    env: setup.env,
    addDirs: setup.addDirs,
    isInteractive,
    now: new Date(),
  });
}

export function prepareTrajectory({ setup, choice }: RunOptions, system: string): Trajectory {
  return {
    session: choice.id,
    cwd: setup.cwd,
    system: choice.saved?.header.system || system,
    steps: choice.saved?.steps ?? [],
    compactions: choice.saved?.compactions ?? [],
  };
}

export function prepareWorkspace({ setup, choice }: RunOptions): Workspace {
  return createWorkspace({
    cwd: setup.cwd,
    addDirs: setup.addDirs,
    outputFolder: join(setup.home, 'outputs', choice.id),
  });
}

export function preparePermissions({ setup }: RunOptions, workspace: Workspace): Permissions {
  const { config } = setup.loaded;
  return createPermissions({
    mode: config.approval,
    rules: config.permissions,
    cwd: setup.cwd,
    roots: workspace.roots,
    home: setup.env.HOME ?? setup.home,
    readable: [workspace.outputFolder],
    secretFolders: [setup.home],
  });
}
