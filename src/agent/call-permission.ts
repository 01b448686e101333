import type { ResultView } from '../core/screen/result-view.ts';
import type { Confinement, PreparedCall, ReadyCall, ToolError } from '../core/tool.ts';

export type Permission = {
  readonly allowed: boolean;
  /** One sentence: which rule, mode or person decided, and why. */
  readonly reason: string;
  /** The call can't succeed as it stands, so nobody was asked: it ends as it would have. */
  readonly failure?: ToolError;
  /** The call as a hook has changed it. */
  readonly prepared?: PreparedCall;
  /** Where the call's paths lead: it acts there and nowhere else. */
  readonly checkedPaths?: ReadonlyMap<string, string>;
  /** How a command is held while it runs. */
  readonly confinement?: Confinement;
  /** What the user was shown of what the call will do, and agreed to. */
  readonly shown?: ResultView;
};

/** Decides one call; may wait for the user's answer, and only for that. */
export type Permit = (ready: ReadyCall, signal: AbortSignal) => Promise<Permission>;
