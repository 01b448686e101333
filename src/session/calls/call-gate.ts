import type { Permit } from '../../agent/call-permission.ts';
import type { SessionBase } from '../run/session-base.ts';
import type { Extensions } from './extensions.ts';
import { createHookPoints, type HookPoints } from './hook-points.ts';
import { createPermit, type PermitParts } from './permit.ts';
import type { WorkPlace } from './work-place.ts';

/** What comes between a call and its act: the permit, and the user's hooks around it. */
export type CallGate = {
  readonly permit: Permit;
  /** What permits in other places (a subagent's worktree) share with this one. */
  readonly shared: Omit<PermitParts, 'permissions' | 'workspace' | 'ready'>;
  readonly points: HookPoints;
};

type Ways = {
  /** Words for the model's next request. */
  readonly say: (text: string) => void;
  /** A hook ends the run. */
  readonly stop: (reason: string) => void;
};

export function openCallGate(
  { options, emit, subscribe }: SessionBase,
  { hooks }: Extensions,
  place: WorkPlace,
  { say, stop }: Ways,
): CallGate {
  const { setup, choice, askUser, canAskUser, isInteractive } = options;
  const points = createHookPoints({ hooks, session: choice.id, cwd: setup.cwd, isInteractive, emit, say, stop });
  subscribe(points.listen);
  const shared: CallGate['shared'] = {
    emit,
    hooks,
    say,
    stop,
    notify: (message) => points.notify('permission_prompt', message),
    ...(askUser ? { askUser } : {}),
    ...(canAskUser ? { canAskUser } : {}),
  };
  return { permit: createPermit({ ...shared, ...place }), shared, points };
}
