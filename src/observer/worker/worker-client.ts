import type { ObserverHealth } from '../../core/types.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import { countRings, nextRing } from './bell.ts';
import type { FromWorker, ToWorker } from './protocol.ts';
import { createReceivedMessages, type ReceivedMessages } from './received-messages.ts';
import { createThreadKeeper, type ThreadKeeper, type WorkerClientOptions } from './thread-keeper.ts';
import { trackUnseenSteps, type UnseenSteps } from './unseen-steps.ts';

/** Milliseconds in which a step that was sent is looked at, even on a busy machine, and in which a new worker is ready for it. */
const promptMs = 3000;
const readyMs = 6000;
/** Milliseconds that a request waits at most for the look at the last step, and the age from which a new worker should be ready. */
const seenWaitMs = 25;
const bootMs = 2000;
/** Milliseconds after which a worker that is waited for is looked at again, should it not ring. */
const lookAgainMs = 5;

/** The main thread's end of the observer's worker. Nothing here waits for it but `settle` and `close`, and both are bounded. */
export type WorkerClient = {
  /** Starts the worker unless it runs. */
  readonly warm: () => void;
  /** The same in a moment, when the request has gone out and was not answered at once: it is ready for the first step then. */
  readonly warmSoon: () => void;
  /** A step without calls starts no worker: it is looked at when there is more to look at. */
  readonly send: (step: NormalizedStep) => void;
  readonly tell: (message: ToWorker) => void;
  /** For what a new worker learns from its settings. */
  readonly tellIfRunning: (message: ToWorker) => void;
  /**
   * Waits until the last step sent has been looked at, so that what a rule finds in it comes before the very next request: 25 ms at
   * most, and no time at all when the worker is lost, still behind from the last wait, or not ready yet for the first step of all.
   */
  readonly awaitSeen: () => Promise<void>;
  /** What has arrived, in order; bounded, whatever the worker does. */
  readonly drain: () => readonly FromWorker[];
  readonly health: () => ObserverHealth;
  /** Steps that the worker has looked at. */
  readonly seenCount: () => number;
  /** Waits until the end of the turn at this step has been looked at: a moment for rules, at most `seconds` for a review. */
  readonly settle: (index: number, seconds: number, signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** What the client's waits go by. */
type Parts = {
  readonly keeper: ThreadKeeper;
  readonly unseen: UnseenSteps;
  readonly messages: ReceivedMessages;
};

/** Starts nothing yet: the worker is started when the first request is already under way, so that it costs nothing before. */
export function createWorkerClient(options: WorkerClientOptions): WorkerClient {
  const unseen = trackUnseenSteps(options.knownUntil);
  const messages = createReceivedMessages(unseen.noteSeen);
  const keeper = createThreadKeeper(options, unseen, messages);
  const parts: Parts = { keeper, unseen, messages };
  return {
    warm: keeper.warm,
    warmSoon: keeper.warmSoon,
    send: (step) => {
      if (keeper.isOver()) return;
      if (keeper.bell() === undefined && step.calls.length > 0) keeper.warm();
      unseen.add(step.index);
      if (keeper.bell() !== undefined) keeper.tell({ kind: 'step', step });
    },
    tell: keeper.tell,
    tellIfRunning: (message) => {
      if (keeper.bell() !== undefined) keeper.tell(message);
    },
    awaitSeen: waitForSeen(parts),
    drain: () => {
      keeper.poll();
      return messages.take();
    },
    health: () => (keeper.isLost() ? 'lost' : 'ok'),
    seenCount: unseen.seenCount,
    settle: (index, seconds, signal) => settle(parts, index, seconds, signal),
    close: keeper.close,
  };
}

/** The rings that whatever is taken now came with; what comes later rings again. */
function pollAndCount(keeper: ThreadKeeper): number {
  const bell = keeper.bell();
  const rings = bell === undefined ? 0 : countRings(bell);
  keeper.poll();
  return rings;
}

function waitForSeen({ keeper, unseen, messages }: Parts): WorkerClient['awaitSeen'] {
  /** The step that was waited for in vain. */
  let missed: number | undefined;
  /** Waiting again would not help: what was waited for has not been looked at yet, by a worker that has had time to start. */
  const isBehind = () => {
    const isStarting = !messages.hasBegun() && keeper.ageMs() < bootMs;
    return missed !== undefined && unseen.has(missed) && !isStarting;
  };
  return async () => {
    let rings = pollAndCount(keeper);
    const last = unseen.last();
    if (last === undefined || isBehind()) return;
    // A model that answered within 100 ms: what a rule finds in one step alone can come a step later.
    if (last === 0 && rings === 0) return;
    const since = performance.now();
    for (let bell = keeper.bell(); bell !== undefined && unseen.has(last); bell = keeper.bell()) {
      const leftMs = seenWaitMs - (performance.now() - since);
      if (leftMs <= 0) {
        missed = last;
        return;
      }
      await nextRing(bell, rings, Math.min(lookAgainMs, leftMs));
      rings = pollAndCount(keeper);
    }
  };
}

async function settle(
  { keeper, unseen, messages }: Parts,
  index: number,
  seconds: number,
  signal: AbortSignal,
): Promise<void> {
  if (keeper.bell() === undefined) return;
  keeper.tell({ kind: 'turn-end', index });
  const since = performance.now();
  let rings = pollAndCount(keeper);
  for (let bell = keeper.bell(); bell && !signal.aborted && !messages.has('settled', index); bell = keeper.bell()) {
    const waitedMs = performance.now() - since;
    const isReviewing = messages.has('reviewing', index);
    const patienceMs = messages.hasBegun() ? promptMs : readyMs;
    if (isReviewing ? waitedMs > seconds * 1000 : Math.max(waitedMs, unseen.oldestWaitMs()) > patienceMs) {
      if (!isReviewing) keeper.lose("The observer's thread did not look at the end of the turn in time.");
      return;
    }
    await nextRing(bell, rings, lookAgainMs);
    rings = pollAndCount(keeper);
  }
  if (signal.aborted && keeper.bell() !== undefined) keeper.tell({ kind: 'cut-turn-end' });
}
