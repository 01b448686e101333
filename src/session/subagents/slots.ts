/** How many subagents there may be, and what each may take. */
export type SubagentLimits = {
  /** At the same time; more wait for their turn. */
  readonly maxRunning: number;
  /** In a session. */
  readonly maxTotal: number;
  /** 1: subagents give no tasks on. */
  readonly maxDepth: number;
  /** Steps of one. */
  readonly maxTurns: number;
  /** US dollars of one. */
  readonly maxCostUsd?: number | undefined;
  /** Tokens of one, in and out. */
  readonly maxTokens?: number | undefined;
};

export type Slots = {
  /** Takes a number for one more; a sentence when there may be no more. */
  readonly claim: () => { readonly id: string } | string;
  /** Waits for a place; gives how to leave it. Rejects with the signal's reason. */
  readonly enter: (signal: AbortSignal) => Promise<() => void>;
};

/** Numbers and places for the subagents of a session. */
export function createSlots({ maxRunning, maxTotal }: SubagentLimits): Slots {
  let total = 0;
  let running = 0;
  const waiting: (() => void)[] = [];
  const leave = () => {
    running--;
    waiting.shift()?.();
  };
  return {
    claim: () => {
      if (total >= maxTotal)
        return `There have been ${maxTotal} subagents in this session, which is the limit (subagents.maxTotal). Do the rest yourself.`;
      return { id: `a${++total}` };
    },
    enter: async (signal) => {
      while (running >= maxRunning) {
        signal.throwIfAborted();
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      signal.throwIfAborted();
      running++;
      let hasLeft = false;
      return () => {
        if (!hasLeft) leave();
        hasLeft = true;
      };
    },
  };
}
