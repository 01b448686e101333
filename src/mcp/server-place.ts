import { resolve } from 'node:path';
import { bareEnvironment } from '../core/process/child-environment.ts';
import { isOfWorkspace, ownPlace, ownProgramsFirst } from '../core/process/find-program.ts';
import type { HoldProgram } from '../core/process/held-program.ts';
import { runsWorkspace } from '../core/process/runs-workspace.ts';

/** Where the program of a server starts, the whole environment that it gets, and the sandbox that it runs in, if it does. */
export type ServerPlace = {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Puts it into the sandbox. */
  readonly hold?: HoldProgram;
};

type Settings = {
  readonly command?: string | undefined;
  readonly args?: readonly string[] | undefined;
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly sandbox?: boolean | undefined;
};

type Surroundings = {
  readonly cwd: string;
  readonly repository: string;
  readonly home: string;
  readonly hold: HoldProgram;
};

/**
 * A server of the user's own starts outside of the workspace, where `npx` finds nothing of the repository's; one of the repository's, and one whose
 * settings say so, in the workspace, where it runs in the sandbox unless the user lets it out. One whose program or files lie in the workspace is held, too.
 */
export function placeServer(settings: Settings, { cwd, repository, home, hold }: Surroundings): ServerPlace {
  const told = { ...projectVariables(repository), ...settings.env };
  const env = { ...bareEnvironment(process.env), ...told };
  if (startsInWorkspace(settings, cwd)) {
    const folder = resolve(cwd, settings.cwd ?? '');
    return { cwd: folder, env: ownProgramsFirst(env, cwd), ...(settings.sandbox === false ? {} : { hold }) };
  }
  const own = ownPlace(env, home, cwd);
  const folder = settings.cwd === undefined ? own.cwd : resolve(cwd, settings.cwd);
  const { command, args } = settings;
  if (command === undefined || !runsWorkspace({ command, args, env: settings.env }, cwd))
    return { ...own, cwd: folder };
  // The sandbox hides the folder of our own.
  return { ...own, cwd: settings.cwd === undefined ? '/' : folder, hold };
}

/** By what a server that starts elsewhere knows the repository. */
export function projectVariables(repository: string): Record<string, string> {
  return { CLAUDE_PROJECT_DIR: repository, WINK_PROJECT_DIR: repository };
}

/** Whether a server's program starts in the workspace `cwd`, or in another folder of it or of the repository around it. */
export function startsInWorkspace({ command, cwd: own, sandbox }: Settings, cwd: string): boolean {
  if (command === undefined) return false;
  return sandbox !== undefined || (own !== undefined && isOfWorkspace(resolve(cwd, own), cwd));
}
