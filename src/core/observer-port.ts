import type { PreparedCall, ReadyCall } from './tool.ts';
import type { Note } from './types.ts';

/** What one drain of the inbox gives: notes in their order, and an order to stop when the observer's ladder has ended. */
export type Inbox = {
  readonly notes: readonly Note[];
  readonly stop?: { readonly reason: string };
  /** The user was asked how to go on; settles with their answer, which the next drain knows of. */
  readonly answer?: Promise<void>;
};

/**
 * A call that must not act: the model gets `output` as its result, kind `blocked`. `question`: the user may allow it, and is asked this where
 * somebody can be asked; absent where no yes is enough. `onlyAsks`: where nobody can be asked it may act, since it was refused once.
 */
export type Refusal = { readonly output: string; readonly question?: string; readonly onlyAsks?: true };

/** A call that could act, and what it would touch. */
export type CheckedCall = Pick<ReadyCall, 'call'> & { readonly prepared: Pick<PreparedCall, 'targets'> };

/**
 * What runs next to the loop (observer and user), as the loop sees it. All but `awaitSeen` and `settle` are synchronous and take
 * microseconds; none of them throws.
 */
export type ObserverPort = {
  /** Waits until the last step has been looked at: 25 ms at most, and not at all when nobody looks, or the look is behind or not ready for the first step. */
  readonly awaitSeen: () => Promise<void>;
  /** Empties the inbox. Called once a turn, after all results and before the next request. */
  readonly drain: () => Inbox;
  /** Judges a call before it acts (the constraint ledger, the ladder's refusal of an identical call). */
  readonly guard: (checked: CheckedCall, stepIndex: number) => Refusal | undefined;
  /** The live stream, for chant detection; true means: cut this answer now. */
  readonly watchStream: (delta: string) => boolean;
  /** At the end of a turn that the model called done, or that a limit of turns has stopped: waits for a review in flight, at most the configured seconds. */
  readonly settle: (signal: AbortSignal) => Promise<void>;
};

/** The observer's own end of the port: it reads what the user says on its way to the model. */
export type ReadingPort = Omit<ObserverPort, 'drain'> & {
  /** Gives what comes before the notes that are handed over now; what these forbid holds from now on. */
  readonly drain: (said: readonly Note[]) => Inbox;
};
