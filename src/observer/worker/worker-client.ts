import { join } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { messageOf } from '../../core/errors.ts';
import { packageRoot } from '../../core/prompt.ts';
import type { ObserverHealth } from '../../core/types.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import { type Bell, countRings, createBell, nextRing } from './bell.ts';
import type { FromWorker, ToWorker, WorkerSettings } from './protocol.ts';
import { createReceivedMessages } from './received-messages.ts';
import { trackUnseenSteps } from './unseen-steps.ts';

/** How often a lost worker is replaced in one run. */
const maxRestarts = 2;
/** Milliseconds in which a step that was sent is looked at, even on a busy machine, and in which a new worker is ready for it. */
const promptMs = 3000;
const readyMs = 6000;
/** Milliseconds after a request in which an answer in words alone may come that needs no worker. */
const warmAfterMs = 100;
/** Milliseconds that a request waits at most for the look at the last step, and the age from which a new worker should be ready. */
const seenWaitMs = 25;
const bootMs = 2000;
/** Milliseconds after which a worker that is waited for is looked at again, should it not ring. */
const lookAgainMs = 5;

export type WorkerClientOptions = {
  /** The worker's settings; asked again at a restart. */
  readonly settings: () => WorkerSettings;
  /** The last steps, to catch a new worker up. */
  readonly recentSteps: () => readonly NormalizedStep[];
  /** The last step of before this start (a resumed session): nothing is said of it and those before it. */
  readonly knownUntil: number;
  readonly onLost: (reason: string, restarted: boolean) => void;
  /** Default: dist/observer-worker.cjs of the package. */
  readonly workerFile?: string;
  /** Seconds without a sign of life after a step was sent, from which on the worker counts as hung (default 15). */
  readonly hungAfterSeconds?: number;
};

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
   * most, and no time at all when the worker is lost or still behind from the last wait.
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

type Thread = { readonly worker: Worker; readonly port: MessagePort; readonly bell: Bell };

/** Starts nothing yet: the worker is started when the first request is already under way, so that it costs nothing before. */
export function createWorkerClient(options: WorkerClientOptions): WorkerClient {
  const file = options.workerFile ?? join(packageRoot(), 'dist', 'observer-worker.cjs');
  const hungAfterMs = (options.hungAfterSeconds ?? 15) * 1000;
  const unseen = trackUnseenSteps(options.knownUntil);
  const messages = createReceivedMessages(unseen.noteSeen);
  const polling = { timer: undefined as NodeJS.Timeout | undefined };
  let warming: NodeJS.Timeout | undefined;
  let thread: Thread | undefined;
  let restarts = 0;
  let startedAt = 0;
  /** The step that was waited for in vain. */
  let missed: number | undefined;
  let isClosed = false;
  let isLost = false;

  function start(): Thread {
    const { port1, port2 } = new MessageChannel();
    messages.reset();
    startedAt = performance.now();
    const bell = createBell();
    const workerData = { ...options.settings(), port: port2, bell };
    const resourceLimits = { maxOldGenerationSizeMb: 256 };
    const worker = new Worker(file, { workerData, transferList: [port2], execArgv: [], resourceLimits });
    const started = { worker, port: port1, bell };
    worker.on('error', (error) => lose(started, `The observer's thread failed: ${messageOf(error)}`));
    worker.on('exit', (code) => lose(started, `The observer's thread ended by itself (code ${code}).`));
    worker.unref();
    polling.timer ??= setInterval(poll, 1000).unref();
    return started;
  }

  /** Reports a lost worker once and replaces it while that makes sense. */
  function lose(lost: Thread, reason: string): void {
    if (isClosed || thread !== lost) return;
    void end(lost);
    restarts += 1;
    thread = restarts <= maxRestarts ? tryStart() : undefined;
    if (thread === undefined) giveUp();
    else catchUp(thread);
    options.onLost(reason, thread !== undefined);
  }

  /** undefined when the system has no thread to give. */
  function tryStart(): Thread | undefined {
    try {
      return start();
    } catch {
      return undefined;
    }
  }

  function giveUp(): void {
    isLost = true;
    unseen.forget();
    clearInterval(polling.timer);
  }

  function catchUp(fresh: Thread): void {
    const steps = options.recentSteps();
    unseen.restartClock();
    if (steps.length > 0) post(fresh, { kind: 'catch-up', steps, knownUntil: unseen.lastSeen() });
  }

  function warm(): void {
    if (isClosed || isLost || thread !== undefined) return;
    clearTimeout(warming);
    thread = tryStart();
    if (thread === undefined) {
      giveUp();
      options.onLost("The observer's thread could not be started.", false);
    } else if (!unseen.isEmpty()) catchUp(thread);
  }

  function tell(message: ToWorker): void {
    warm();
    if (thread === undefined) return;
    messages.allowMore();
    post(thread, message);
  }

  /** Takes what is there without waiting; a worker out of order is lost. */
  function poll(): void {
    const current = thread;
    const fault = current === undefined ? undefined : (messages.receive(current.port) ?? whyDead());
    if (current !== undefined && fault !== undefined) lose(current, fault);
  }

  /** The rings that whatever is taken now has been heard with; what comes later rings again. */
  function pollAndCount(): number {
    const heard = thread === undefined ? 0 : countRings(thread.bell);
    poll();
    return heard;
  }

  function whyDead(): string | undefined {
    const isHung = unseen.oldestWaitMs() > hungAfterMs;
    return isHung ? `The observer's thread has not answered for ${Math.round(hungAfterMs / 1000)} s.` : undefined;
  }

  /** Waiting again would not help: what was waited for has not been looked at yet, by a worker that has had time to start. */
  function isBehind(): boolean {
    const isStarting = !messages.hasBegun() && performance.now() - startedAt < bootMs;
    return missed !== undefined && unseen.has(missed) && !isStarting;
  }

  return {
    warm,
    warmSoon: () => {
      if (isClosed || isLost || thread !== undefined) return;
      clearTimeout(warming);
      warming = setTimeout(warm, warmAfterMs).unref();
    },
    send: (step) => {
      if (isClosed || isLost) return;
      if (thread === undefined && step.calls.length > 0) warm();
      unseen.add(step.index);
      if (thread !== undefined) tell({ kind: 'step', step });
    },
    tell,
    tellIfRunning: (message) => {
      if (thread !== undefined) tell(message);
    },
    awaitSeen: async () => {
      let heard = pollAndCount();
      const last = unseen.last();
      if (last === undefined || isBehind()) return;
      for (const since = performance.now(); thread !== undefined && unseen.has(last); heard = pollAndCount()) {
        const leftMs = seenWaitMs - (performance.now() - since);
        if (leftMs <= 0) {
          missed = last;
          return;
        }
        await nextRing(thread.bell, heard, Math.min(lookAgainMs, leftMs));
      }
    },
    drain: () => {
      poll();
      return messages.take();
    },
    health: () => (isLost ? 'lost' : 'ok'),
    seenCount: unseen.seenCount,
    settle: async (index, seconds, signal) => {
      if (thread === undefined) return;
      tell({ kind: 'turn-end', index });
      const startedAt = performance.now();
      let heard = pollAndCount();
      for (; thread !== undefined && !signal.aborted && !messages.has('settled', index); heard = pollAndCount()) {
        const waitedMs = performance.now() - startedAt;
        const isReviewing = messages.has('reviewing', index);
        const patienceMs = messages.hasBegun() ? promptMs : readyMs;
        if (isReviewing ? waitedMs > seconds * 1000 : Math.max(waitedMs, unseen.oldestWaitMs()) > patienceMs) {
          if (!isReviewing) lose(thread, "The observer's thread did not look at the end of the turn in time.");
          return;
        }
        await nextRing(thread.bell, heard, lookAgainMs);
      }
      if (signal.aborted && thread !== undefined) tell({ kind: 'cut-turn-end' });
    },
    close: async () => {
      isClosed = true;
      clearTimeout(warming);
      clearInterval(polling.timer);
      const last = thread;
      thread = undefined;
      if (last !== undefined) await within(promptMs, end(last));
    },
  };
}

function post(thread: Thread, message: ToWorker): void {
  thread.port.postMessage(message);
}

async function end({ worker, port }: Thread): Promise<void> {
  port.close();
  await worker.terminate();
}

/** Waits for `work`, but not longer than `ms`; leaves no timer behind. */
async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([work, timeout]);
  clearTimeout(timer);
}
