import { commandEnvironment } from '../../../tools/shell/command-environment.ts';
import { noteRunning } from '../../../tools/shell/live-commands.ts';
import { withoutKeys } from '../../core/process/child-environment.ts';
import { ownProgramsFirst } from '../../core/process/find-program.ts';
import type { HoldProgram } from '../../core/process/held-program.ts';
import type { Workspace } from '../../core/tool.ts';
import type { HookStart } from '../../hooks/run-hook.ts';
import { isInside } from '../../permissions/path-kinds.ts';
import { reachesWorkspace } from '../../permissions/reaches-workspace.ts';
import { heldCacheOf, useHeldCache } from '../../sandbox/held-cache.ts';
import type { Setup } from '../setup.ts';

/** What of the session's work place is needed. */
type HoldingPlace = {
  readonly ready: (needs: { readonly userWork: boolean; readonly sandbox: boolean }) => Promise<void>;
  readonly workspace: Pick<Workspace, 'roots' | 'wrapCommand'>;
};

/**
 * What we start by ourselves from the workspace runs like a command that nobody was asked about: such a command may have written it. Where
 * there is no sandbox it is left as it is.
 */
export function holdPrograms({ ready, workspace }: HoldingPlace): HoldProgram {
  return async ({ file, args, env, cwd, isOfWorkspace, onlyReads = false }) => {
    await ready({ userWork: false, sandbox: true });
    // The repository around the workspace is seen by allowed commands alone.
    const isWithin = workspace.roots.some((root) => isInside(root, cwd));
    const confinement = !isWithin || !isOfWorkspace ? 'approved' : onlyReads ? 'read-only' : 'workspace';
    const wrapped = await workspace.wrapCommand?.(file, args, confinement);
    if (wrapped === undefined || wrapped.file === file) return { file, args, env: withoutKeys(env) };
    const end = onlyReads ? () => {} : noteRunning();
    const tidy = async () => {
      end();
      return await wrapped.tidy?.();
    };
    // Of bubblewrap: what it started ends with it.
    const ending =
      wrapped.args.includes('--die-with-parent') || !wrapped.file.endsWith('/bwrap') ? [] : ['--die-with-parent'];
    return {
      file: wrapped.file,
      args: [...ending, ...wrapped.args],
      tidy,
      env: commandEnvironment(env, [], confinement),
    };
  };
}

/**
 * A hook that reaches into the workspace is held; in a repository that is not trusted it does not run at all where nothing can hold it.
 * Any other runs with the user's rights, and finds the programs of the workspace last.
 */
export function startHooks(setup: Setup, hold: HoldProgram): HookStart {
  const { cwd, isTrusted } = setup;
  return async (line, env) => {
    const program = { file: '/bin/sh', args: ['-c', line], env, cwd, isOfWorkspace: true };
    const own = { ...program, env: ownProgramsFirst(withoutKeys(env), cwd) };
    if (!reachesWorkspace(line, { cwd, home: env.HOME ?? '~', env })) return own;
    const held = await hold(program);
    const isHeld = held.file !== program.file;
    if (isHeld) return { ...held, env: ownProgramsFirst(held.env, cwd) };
    return isTrusted
      ? own
      : 'starts what the repository holds, which you have not trusted (`wink-agent trust`), and there is no sandbox';
  };
}

/** MCP servers that start in the workspace: held, with a cache of their own for what `npx` downloads. */
export function holdServers(hold: HoldProgram, home: string, repository: string): HoldProgram {
  return async ({ file, args, ...program }) => {
    const variables = useHeldCache(heldCacheOf(home, repository));
    return hold({ ...program, file: '/usr/bin/env', args: [...variables, file, ...args] });
  };
}
