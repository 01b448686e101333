import { setTimeout as sleep } from 'node:timers/promises';
import { ModelError } from '../../core/errors.ts';
import type { ReplyListener } from '../../core/model.ts';
import type { ModelLimits } from '../model-settings.ts';
import type { Patience } from './exchange.ts';
import { Fault } from './fault.ts';
import { hostOf } from './fault-messages.ts';

/** Longest wait between two tries that nobody asked for, in milliseconds. */
const maxWaitMs = 30_000;
/** Where no outage is waited for, a server that never answered at all gets so many retries: it is more likely not running than busy. */
const unreachableRetries = 3;

export type Try<Result> = (patience: Patience, onProgress: () => void) => Promise<Result>;

/**
 * Asks until an answer is had, a fault can't pass, or the limits are reached: an outage has its own, other faults are counted. Time lost
 * counts (waits, and silence before a fault), time in which an answer arrives does not. Each retry is reported before its wait; `hasShown`
 * says whether the listener was given anything that is now void.
 */
export async function askAgain<Result>(options: {
  attempt: Try<Result>;
  limits: ModelLimits;
  baseUrl: string;
  hasShown: () => boolean;
  hasAnsweredBefore: () => boolean;
  onRetry: ReplyListener['onRetry'];
  /** Takes secrets out of a message. */
  hide: (text: string) => string;
  signal: AbortSignal;
}): Promise<Result> {
  const { attempt, limits, onRetry, hide, signal } = options;
  const lostMs = { outage: 0, other: 0 };
  let faults = 0;
  for (let tries = 1; ; tries += 1) {
    let lastProgress = performance.now();
    try {
      return await attempt(patienceFor(limits, lostMs.other), () => {
        lastProgress = performance.now();
      });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      if (!error.mayPass) throw new ModelError(error.kind, hide(error.message));
      const kind = error.isOutage && limits.outageMs > 0 ? 'outage' : 'other';
      const waitMs = waitBefore(tries, error, limits);
      lostMs[kind] += performance.now() - lastProgress + waitMs;
      if (kind === 'other') faults += 1;
      const isGivenUp =
        kind === 'outage'
          ? lostMs.outage > limits.outageMs
          : faults > retriesOf(error, limits, options.hasAnsweredBefore()) || lostMs.other > limits.giveUpAfterMs;
      const longestMs = kind === 'outage' ? limits.outageMs : limits.giveUpAfterMs;
      if (isGivenUp)
        throw new ModelError(error.kind, hide(gaveUp(error, tries, options.baseUrl, waitMs > longestMs ? waitMs : 0)));
      onRetry({ attempt: tries, reason: hide(error.message), waitMs, discard: options.hasShown() });
      await sleep(waitMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

function retriesOf(fault: Fault, { maxRetries }: ModelLimits, hasAnsweredBefore: boolean): number {
  return fault.isUnreachable && !hasAnsweredBefore ? Math.min(unreachableRetries, maxRetries) : maxRetries;
}

/** No single silence may last longer than what is left of the time to give up. */
function patienceFor(limits: ModelLimits, lostMs: number): Patience {
  const leftMs = Math.max(1, limits.giveUpAfterMs - lostMs);
  return { firstByteMs: Math.min(limits.firstByteTimeoutMs, leftMs), idleMs: Math.min(limits.idleTimeoutMs, leftMs) };
}

/** Doubles from try to try with a jitter of half; what the server asks for is waited at least, and up to 10 % (1 s) more. */
function waitBefore(tries: number, fault: Fault, limits: ModelLimits): number {
  const doubled = Math.min(maxWaitMs, limits.firstRetryWaitMs * 2 ** (tries - 1));
  const own = Math.round(doubled * (0.5 + Math.random() / 2));
  if (fault.retryAfterMs === undefined) return own;
  return Math.ceil(fault.retryAfterMs + 5 + Math.random() * Math.min(1000, fault.retryAfterMs * 0.1));
}

/** `tooLongMs`: a wait that is longer than the limit allows at all; 0 for none. */
function gaveUp(fault: Fault, tries: number, baseUrl: string, tooLongMs: number): string {
  const times = tries === 1 ? 'once' : `${tries} times`;
  const asked =
    fault.retryAfterMs !== undefined && tooLongMs > 0
      ? ` It asks us to wait ${Math.round(tooLongMs / 1000)} s, longer than we may.`
      : '';
  return `Gave up on ${hostOf(baseUrl)} after asking ${times}: ${fault.message}${/[.?!]$/.test(fault.message) ? '' : '.'}${asked}`;
}
