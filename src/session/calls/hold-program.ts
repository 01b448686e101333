import { existsSync } from 'node:fs';
import { commandEnvironment } from '../../../tools/shell/command-environment.ts';
import { noteRunning } from '../../../tools/shell/live-commands.ts';
import { withoutKeys } from '../../core/process/child-environment.ts';
import { ownProgramsFirst } from '../../core/process/find-program.ts';
import type { HoldProgram } from '../../core/process/held-program.ts';
import type { Workspace } from '../../core/tool.ts';
import type { HookStart } from '../../hooks/run-hook.ts';
import { isInside } from '../../permissions/path-kinds.ts';
import { reachOfLine } from '../../permissions/user-lines/reach-of-line.ts';
import { scriptsIn } from '../../permissions/user-lines/scripts-in-line.ts';
import { heldCacheOf, useHeldCache } from '../../sandbox/held-cache.ts';
import type { Setup } from '../setup.ts';

/** What of the session's work place is needed. */
type HoldingPlace = {
  readonly ready: (needs: { readonly userWork: boolean; readonly sandbox: boolean }) => Promise<void>;
  readonly workspace: Pick<Workspace, 'roots' | 'wrapCommand' | 'findWant'>;
};

/**
 * What we start by ourselves from the workspace runs like a command that nobody was asked about: such a command may have written it. Where
 * there is no sandbox it is left as it is.
 */
export function holdPrograms({ ready, workspace }: HoldingPlace): HoldProgram {
  return async ({
    file,
    args,
    env,
    cwd,
    isOfWorkspace,
    onlyReads = false,
    usesGit = false,
    isOffline = false,
    shown,
  }) => {
    await ready({ userWork: false, sandbox: true });
    // The repository around the workspace is seen by allowed commands alone.
    const isWithin = workspace.roots.some((root) => isInside(root, cwd));
    const writing = usesGit ? 'repository' : 'workspace';
    const confinement =
      !isWithin || !isOfWorkspace ? (isOffline ? 'offline' : 'approved') : onlyReads ? 'read-only' : writing;
    const wrapped = await workspace.wrapCommand?.(file, args, confinement, shown);
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
      findWant: (outcome) => workspace.findWant?.(outcome, confinement),
      env: commandEnvironment(env, [], confinement),
    };
  };
}

/**
 * A hook is held unless the user lets it out, or it is known to start nothing: what starts the workspace's code like a command that nobody was
 * asked about, any other like one that was allowed. Where nothing can hold it, it runs with the user's rights, but what starts the code of a repository
 * that is not trusted does not run at all. The programs of the workspace are found last.
 */
export function startHooks(setup: Setup, hold: HoldProgram, transcript: () => string): HookStart {
  const { cwd, isTrusted } = setup;
  return async ({ command, sandbox }, env) => {
    const scope = { cwd, home: env.HOME ?? '~', env };
    const program = { file: '/bin/sh', args: ['-c', command], env, cwd };
    const own = { ...program, env: ownProgramsFirst(withoutKeys(env), cwd) };
    const reach = reachOfLine(command, scope);
    if (sandbox === false || (sandbox === undefined && reach === 'nothing')) return own;
    const held = await hold({
      ...program,
      isOfWorkspace: reach === 'workspace' || reach === 'repository',
      usesGit: reach === 'repository',
      shown: [...scriptsIn(command, scope), transcript()].filter((path) => existsSync(path)),
    });
    const isHeld = held.file !== program.file;
    if (isHeld) return { ...held, env: ownProgramsFirst(held.env, cwd) };
    return isTrusted || reach !== 'workspace'
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
