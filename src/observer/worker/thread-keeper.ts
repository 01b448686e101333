import { join } from 'node:path';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { messageOf } from '../../core/errors.ts';
import { ownPath } from '../../core/process/find-program.ts';
import { packageRoot } from '../../core/prompt.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import { type Bell, createBell } from './bell.ts';
import type { ToWorker, WorkerSettings } from './protocol.ts';
import type { ReceivedMessages } from './received-messages.ts';
import type { UnseenSteps } from './unseen-steps.ts';

/** How often a lost worker is replaced in one run. */
const maxRestarts = 2;
/** Milliseconds after a request in which an answer in words alone may come that needs no worker. */
const warmAfterMs = 100;
/** Milliseconds that the end of a worker is waited for. */
const endMs = 3000;
/** How often a worker that nobody asks for is looked at, in milliseconds. */
const pollMs = 1000;

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

type Thread = { readonly worker: Worker; readonly port: MessagePort; readonly bell: Bell };

/** Starts the worker when it is needed, replaces one that is lost, and gives up after two. */
export type ThreadKeeper = {
  /** Starts the worker unless it runs. */
  readonly warm: () => void;
  /** The same in a moment, when the request has gone out and was not answered at once. */
  readonly warmSoon: () => void;
  /** Nothing is sent to it any more: it was closed or is lost for good. */
  readonly isOver: () => boolean;
  readonly isLost: () => boolean;
  /** What rings when the worker has looked; undefined while none runs. */
  readonly bell: () => Bell | undefined;
  /** Milliseconds since the worker at hand was started. */
  readonly ageMs: () => number;
  /** Starts the worker if none runs. */
  readonly tell: (message: ToWorker) => void;
  /** Takes what is there without waiting; a worker out of order is lost. */
  readonly poll: () => void;
  /** The worker at hand is out of order: reported once, and replaced while that makes sense. */
  readonly lose: (reason: string) => void;
  readonly close: () => Promise<void>;
};

export function createThreadKeeper(
  options: WorkerClientOptions,
  unseen: UnseenSteps,
  messages: ReceivedMessages,
): ThreadKeeper {
  const hungAfterMs = (options.hungAfterSeconds ?? 15) * 1000;
  let polling: NodeJS.Timeout | undefined;
  let warming: NodeJS.Timeout | undefined;
  let thread: Thread | undefined;
  let restarts = 0;
  let startedAt = 0;
  let isClosed = false;
  let isLost = false;

  function start(): Thread {
    messages.reset();
    startedAt = performance.now();
    const started = openThread(options, (reason) => lose(started, reason));
    polling ??= setInterval(poll, pollMs).unref();
    return started;
  }

  /** undefined when the system has no thread to give. */
  function tryStart(): Thread | undefined {
    try {
      return start();
    } catch {
      return undefined;
    }
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

  function giveUp(): void {
    isLost = true;
    unseen.forget();
    clearInterval(polling);
  }

  function catchUp({ port }: Thread): void {
    const steps = options.recentSteps();
    unseen.restartClock();
    if (steps.length > 0)
      port.postMessage({ kind: 'catch-up', steps, knownUntil: unseen.lastSeen() } satisfies ToWorker);
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

  function poll(): void {
    if (thread === undefined) return;
    const fault = messages.receive(thread.port) ?? whyDead();
    if (fault !== undefined) lose(thread, fault);
  }

  function whyDead(): string | undefined {
    const isHung = unseen.oldestWaitMs() > hungAfterMs;
    return isHung ? `The observer's thread has not answered for ${Math.round(hungAfterMs / 1000)} s.` : undefined;
  }

  return {
    warm,
    warmSoon: () => {
      if (isClosed || isLost || thread !== undefined) return;
      clearTimeout(warming);
      warming = setTimeout(warm, warmAfterMs).unref();
    },
    isOver: () => isClosed || isLost,
    isLost: () => isLost,
    bell: () => thread?.bell,
    ageMs: () => performance.now() - startedAt,
    tell: (message) => {
      warm();
      if (thread === undefined) return;
      messages.allowMore();
      thread.port.postMessage(message);
    },
    poll,
    lose: (reason) => {
      if (thread !== undefined) lose(thread, reason);
    },
    close: async () => {
      isClosed = true;
      clearTimeout(warming);
      clearInterval(polling);
      const last = thread;
      thread = undefined;
      if (last !== undefined) await within(endMs, end(last));
    },
  };
}

function openThread(options: WorkerClientOptions, onEnd: (reason: string) => void): Thread {
  const file = options.workerFile ?? join(packageRoot(), 'dist', 'observer-worker.cjs');
  const { port1, port2 } = new MessageChannel();
  const bell = createBell();
  const workerData = { ...options.settings(), port: port2, bell };
  const resourceLimits = { maxOldGenerationSizeMb: 256 };
  // The thread does not know all workspaces.
  const env = { ...process.env, PATH: ownPath(process.env.PATH) };
  const worker = new Worker(file, { workerData, transferList: [port2], execArgv: [], resourceLimits, env });
  worker.on('error', (error) => onEnd(`The observer's thread failed: ${messageOf(error)}`));
  worker.on('exit', (code) => onEnd(`The observer's thread ended by itself (code ${code}).`));
  worker.unref();
  return { worker, port: port1, bell };
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
