import type { ObserverPort } from '../../core/observer-port.ts';

/** Something that a turn waits for before it ends. What it says meanwhile comes before the next request, and the turn goes on. */
export type TurnEndWait = (signal: AbortSignal) => Promise<void>;

/** All that the end of a turn waits for. */
export type TurnEndWaits = {
  /** What the last edits broke. */
  readonly editChecks?: TurnEndWait;
  /** The agents that the agent has started and that still run. */
  readonly subagents?: TurnEndWait | undefined;
  /** The observer's look at the last step, and the judge's review of the turn. */
  readonly review: TurnEndWait;
  /** The user's hooks, which may keep the turn from ending: last, since they must see it as it ends. */
  readonly stopHooks: TurnEndWait;
};

/** Each begins when the one before it is done. */
const order = ['editChecks', 'subagents', 'review', 'stopHooks'] as const satisfies readonly (keyof TurnEndWaits)[];

/** The observer's port as the loop of a session sees it: where it settles at the end of a turn, everything else is waited for, too. */
export function waitAtTurnEnd(port: ObserverPort, waits: TurnEndWaits): ObserverPort {
  return {
    ...port,
    settle: async (signal) => {
      for (const name of order) await waits[name]?.(signal);
    },
  };
}
