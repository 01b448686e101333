import { homedir } from 'node:os';
import { join, relative } from 'node:path';
import { dirtyFiles } from '../../checkpoints/uncommitted-files.ts';
import { privateFolder } from '../../core/disk/private-folder.ts';
import type { Event } from '../../core/event.ts';
import { ToolError, type Workspace } from '../../core/tool.ts';
import { createLinkFinder } from '../../permissions/acting/linked-places.ts';
import { findPathFolders } from '../../permissions/acting/path-folders.ts';
import { followGitStarted } from '../../permissions/git/git-started.ts';
import type { Permissions, SandboxReach } from '../../permissions/permissions.ts';
import { heldCacheOf } from '../../sandbox/held-cache.ts';
import { openKeptTrials } from '../../sandbox/kept-trials.ts';
import { findSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { outputFolder, type RunOptions } from '../run/prepare-parts.ts';
import { editedIn } from '../run/track-changes.ts';

/** What a call waits for: the user's uncommitted work is asked for by whatever may change it, the sandbox by commands. */
export type CallNeeds = { readonly userWork: boolean; readonly sandbox: boolean };

/**
 * What must be known before the first call acts and is looked up while the model thinks about its first answer: the user's uncommitted
 * work, and for commands the sandbox that works here.
 */
export function startPreflight(
  options: RunOptions,
  emit: (event: Event) => void,
  permissions: () => Permissions,
  onDirtyKnown: () => void,
) {
  const { setup } = options;
  const dirtyPaths: string[] = [];
  let sandbox: Sandbox | undefined;
  let finding: Promise<Sandbox> | undefined;
  let looking: Promise<void> | undefined;
  const stopping = new AbortController();
  const roots = [setup.cwd, ...setup.addDirs];
  // What this session changed before it was taken up again is the agent's, not the user's.
  const earlier = editedIn(options.choice.saved?.steps ?? []);
  const gitStarted = followGitStarted(roots);
  const findLinked = createLinkFinder(roots);

  const findDirty = async () => {
    const files = await dirtyFiles(setup.cwd, { signal: stopping.signal, quickMs: 500 });
    dirtyPaths.push(...files.filter(({ path }) => !earlier.has(path)).map(({ path }) => relative(setup.cwd, path)));
    if (dirtyPaths.length > 0) onDirtyKnown();
  };
  const openSandbox = async (): Promise<Sandbox> => {
    const { mode, network, sockets } = setup.loaded.config.sandbox;
    const walls = permissions().walls();
    const settings = {
      mode,
      network: network && !walls.deniesNetwork,
      walls,
      temporary: privateFolder(join(outputFolder(options), 'tmp')),
      etcCopies: join(setup.home, 'etc'),
      mountPoint: privateFolder(join(setup.home, 'mount')),
      writable: [heldCacheOf(setup.home, setup.loaded.repository)],
      sockets,
      roots,
      home: setup.env.HOME ?? homedir(),
      winkHome: setup.home,
      readable: [outputFolder(options), join(setup.home, 'skills')],
      warn: (message: string) => emit({ type: 'warning', message }),
      trials: openKeptTrials(join(setup.home, 'sandbox-trials.json'), { roots, winkHome: setup.home }),
      signal: stopping.signal,
    };
    sandbox = await findSandbox(settings);
    if (stopping.signal.aborted) return sandbox;
    if (mode !== 'off' && sandbox.kind === 'none' && setup.loaded.config.approval === 'full' && !setup.isThrowAway)
      emit({ type: 'warning', message: sandbox.description });
    return sandbox;
  };
  const knowSandbox = (): Promise<Sandbox> => {
    finding ??= openSandbox();
    return finding;
  };
  const refuseAtEnd = () => {
    if (stopping.signal.aborted) throw new ToolError('aborted', 'The session is ending, so this was not run.');
  };
  const confine: Pick<Workspace, 'wrapCommand' | 'findWant' | 'hides' | 'denies'> = {
    wrapCommand: async (file, args, confinement, shown) => {
      const found = await knowSandbox();
      refuseAtEnd();
      const wrapped = await found.wrapCommand(file, args, confinement, shown);
      refuseAtEnd();
      return wrapped;
    },
    findWant: (outcome, confinement) => sandbox?.findWant(outcome, confinement),
    hides: () => {
      const walls = permissions().walls();
      return permissions().mode() === 'full' ? walls.isRuled : walls.isHidden;
    },
    denies: () => permissions().walls().denied?.isHidden,
  };

  return {
    dirtyPaths,
    confine,
    /** What the sandbox can do for commands, and how to get one where there isn't one. */
    reach: (): SandboxReach => {
      const canConfine = sandbox?.canConfine() ?? false;
      return canConfine || setup.loaded.config.sandbox.mode === 'off'
        ? { canConfine, isOffline: sandbox?.network === false }
        : { canConfine, advice: sandbox?.kind.match(/^(bubblewrap|unshare)$/) ? whyUnheld : howToConfine };
    },
    /** What acts by itself because git's settings name it, as `ready` found it last, because links lead to it, or because it is on the PATH. */
    actingPlaces: () => [
      ...gitStarted.paths(),
      ...findLinked(),
      ...findPathFolders(roots, process.env.PATH),
      ...(sandbox?.ledPlaces() ?? []),
    ],
    /** Waits for what a call needs, and begins to look for all of it: other calls will follow. Resolves at once from the second time on. */
    ready: async (needs: CallNeeds) => {
      if (stopping.signal.aborted) return;
      looking ??= findDirty();
      const found = knowSandbox();
      // Where it fails, the first call that needs it says so.
      found.catch(() => {});
      const settings = needs.userWork || needs.sandbox ? gitStarted.refresh() : undefined;
      await Promise.all([needs.userWork ? looking : undefined, needs.sandbox ? found : undefined, settings]);
    },
    /** Ends what is still looked up: nobody will act any more. */
    stop: () => stopping.abort(),
  };
}

/** There is a sandbox, but not for commands that nobody was asked about. */
const whyUnheld =
  '(Commands are asked about since this workspace is too large or too deep to be searched for secrets, or this system cannot hold them; see `wink-agent doctor`.)';

const howToConfine =
  process.platform === 'linux'
    ? '(With bubblewrap installed, commands that do no harm run without a question; see `wink-agent doctor`.)'
    : '(On Linux with bubblewrap, commands that do no harm run without a question.)';
