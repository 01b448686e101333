import { closeWorkspace } from '../../../tools/file/workspace.ts';
import type { Emit, Event } from '../../core/event.ts';
import type { Workspace } from '../../core/tool.ts';
import type { Permissions } from '../../permissions/permissions.ts';
import { type PermissionRules, preparePermissions, prepareWorkspace, type RunOptions } from '../run/prepare-parts.ts';
import { type CallNeeds, startPreflight } from './preflight.ts';

/** Where calls act: a folder with what the tools remember of it, its sandbox and its permissions. */
export type WorkPlace = {
  readonly workspace: Workspace;
  readonly permissions: Permissions;
  /** The user's uncommitted files, known from `ready` on. */
  readonly dirtyPaths: readonly string[];
  /** Resolves when everything is known that a call's permission depends on, of a command also the sandbox. */
  readonly ready: (needs: CallNeeds) => Promise<void>;
  readonly close: () => Promise<void>;
  /** Another workspace in the same place, for a subagent. */
  readonly openWorkspace: () => Workspace;
  /** The same rules and mode in another folder. */
  readonly openElsewhere: (options: RunOptions) => WorkPlace;
};

/** `onDirtyKnown` is called once, when there is uncommitted work of the user's and `dirtyPaths` holds it. */
export function openWorkPlace(
  options: RunOptions,
  rules: PermissionRules,
  emit: Emit,
  onDirtyKnown: () => void = () => {},
): WorkPlace {
  const preflight = startPreflight(options, emit, () => permissions, onDirtyKnown);
  const { confine, dirtyPaths, ready, stop } = preflight;
  const openWorkspace = () => prepareWorkspace(options, confine);
  const workspace = openWorkspace();
  const permissions = preparePermissions(options, workspace, rules, preflight);
  return {
    workspace,
    permissions,
    dirtyPaths,
    ready,
    close: async () => {
      stop();
      await closeWorkspace(workspace);
    },
    openWorkspace,
    openElsewhere: (there) => {
      const place = openWorkPlace(there, rules, emit);
      place.permissions.setMode(permissions.mode());
      const stopFollowing = permissions.onModeChange(place.permissions.setMode);
      return {
        ...place,
        close: () => {
          stopFollowing();
          return place.close();
        },
      };
    },
  };
}

/** The first request goes out first; what the first call needs to know is found while the model thinks. */
export function readyDuringFirstRequest(
  { ready }: WorkPlace,
  subscribe: (listener: (event: Event) => void) => () => void,
): void {
  const stop = subscribe((event) => {
    if (event.type !== 'request') return;
    stop();
    setTimeout(() => void ready({ userWork: true, sandbox: true }).catch(() => undefined), 150).unref();
  });
}
