import type { ObserverPort } from '../../core/observer-port.ts';

/** Something that a turn waits for before it ends. What it says meanwhile stands before the next request, and the turn goes on. */
export type TurnEndWait = (signal: AbortSignal) => Promise<void>;

/** The loop's other side of a session: what the end of a turn waits for, in this order. */
export function waitAtTurnEnd(port: ObserverPort, waits: readonly (TurnEndWait | undefined)[]): ObserverPort {
  return {
    ...port,
    settle: async (signal) => {
      for (const wait of waits) await wait?.(signal);
    },
  };
}
