import type { ContextMeter } from '../core/context-size.ts';
import { readCompactions } from '../core/context-size.ts';
import { ModelError, messageOf } from '../core/errors.ts';
import type { Emit } from '../core/event.ts';
import type { Ask } from '../core/model.ts';
import { loadPrompt } from '../core/prompt.ts';
import type { CompactEnd } from '../core/run/compact-end.ts';
import { clip } from '../core/text/clip.ts';
import type { Compaction, Note, Trajectory, Usage } from '../core/types.ts';
import { planSummary, planThinning } from './compact-plan.ts';
import { listCalls, readSummary, usersWords, writeConversation } from './conversation-text.ts';

export type CompactorOptions = {
  readonly trajectory: Trajectory;
  readonly meter: ContextMeter;
  /** The model that writes the summary. */
  readonly ask: Ask;
  /** Tokens of the model's window; undefined while unknown: then only an endpoint's refusal makes room. */
  readonly window: () => number | undefined;
  /**
   * Asks the endpoint for the window: once, without the loop waiting, when `window` does not know it and the context has grown, so that a
   * short run asks for nothing.
   */
  readonly findWindow?: (signal: AbortSignal) => Promise<number | undefined>;
  /** Share of the window from which room is made. */
  readonly atFraction: number;
  /** Last steps that are kept whole. */
  readonly keepSteps: number;
  /** What must survive in addition to the summary: the ledger of constraints, open episodes, the list of things to do. Empty when there is nothing. */
  readonly carry: () => string;
  readonly emit: Emit;
  /** The cost of the summary counts for the run's budget. */
  readonly onUsage: (usage: Usage) => void;
  /** Asked before a summary is written; false: the context stays as it is. Not asked where the endpoint has refused it. */
  readonly mayCompact?: (trigger: 'auto' | 'manual', focus: string) => Promise<boolean>;
};

export type Compactor = {
  /** As the loop wants it: makes room when the window is nearly full, or at once with `isForced`. true: room was made. */
  readonly makeRoom: (isForced: boolean, signal: AbortSignal) => Promise<boolean>;
  /** `/compact focus`: summarises now, with what the user wants kept. Throws the signal's reason when it is aborted. */
  readonly compactNow: (focus: string, signal: AbortSignal) => Promise<CompactEnd>;
};

/** Steps after an attempt that gained nothing until the next one that is not forced. */
const stepsBetweenAttempts = 4;
/** Tokens from which an unknown window is asked for; the smallest windows in use are twice as large. */
const worthAsking = 4_000;
/** Share of the window from which also the newest output may be thinned. */
const nearlyFull = 0.97;
/** Share of the window that steps kept whole may take next to a summary: more would bring the next compaction at once. */
const maxKept = 0.3;
/** Share of the context that a summary must free to be worth the break of the provider's cache. */
const minGain = 0.1;
const maxSummaryTokens = 2_500;
const wordsLimit = 6_000;

/**
 * Makes room in the context before it is full: old tool output is thinned first, a summary by the model comes second, and when the
 * model can't write one, a plain list of what was done. The last steps stay whole; system prompt and tools are never touched, so their
 * part of the provider's cache holds. A compaction that failed or gained little changes nothing and is not tried again at once.
 */
export function createCompactor(options: CompactorOptions): Compactor {
  const { trajectory, meter, window, emit } = options;
  let lastFailure = Number.NEGATIVE_INFINITY;
  /** The endpoint refused this many tokens: whatever is said elsewhere, its window is smaller. */
  let refused = Number.POSITIVE_INFINITY;

  let asked: { found?: number } | undefined;

  const sizeOfWindow = (tokens: number, signal: AbortSignal): number => {
    const known = window() ?? asked?.found;
    if (known === undefined && asked === undefined && options.findWindow !== undefined && tokens > worthAsking) {
      const answer: { found?: number } = {};
      asked = answer;
      void options.findWindow(signal).then((found) => {
        if (found !== undefined) answer.found = found;
      });
    }
    return Math.min(known ?? Number.POSITIVE_INFINITY, refused);
  };

  const add = (made: Compaction): Compaction => {
    const compaction = { ...made, atStep: trajectory.steps.length };
    trajectory.compactions.push(compaction);
    meter.forget();
    emit({ type: 'compaction', compaction });
    return compaction;
  };

  const trimOutputs = (tokensBefore: number, target: number): Compaction | undefined => {
    const plan = planThinning(trajectory, options.keepSteps, meter.estimate);
    if (plan === undefined || tokensBefore - plan.savedTokens > target) return undefined;
    return add({
      kind: 'thinned',
      fromStep: plan.thinBefore,
      summary: '',
      tokensBefore,
      tokensAfter: tokensBefore - plan.savedTokens,
    });
  };

  const summarise = async (
    focus: string,
    tokensBefore: number,
    room: number,
    signal: AbortSignal,
    mayStandIn = true,
  ): Promise<CompactEnd> => {
    const plan = planSummary(trajectory, options.keepSteps, room * maxKept, meter.estimate);
    const isWorth = (freed: number) => freed >= tokensBefore * minGain;
    if (plan === undefined || !isWorth(plan.freedTokens)) return { kind: 'short' };
    const { summary, warning } = await writeSummary(options, focus, plan.fromStep, { room, mayStandIn }, signal);
    const freed = plan.freedTokens - meter.estimate(summary.length);
    if (!isWorth(freed)) return { kind: 'no-gain' };
    if (warning !== undefined) emit({ type: 'warning', message: warning });
    add({ kind: 'summary', fromStep: plan.fromStep, summary, tokensBefore, tokensAfter: tokensBefore - freed });
    return { kind: 'done' };
  };

  const makeRoom = async (isForced: boolean, signal: AbortSignal): Promise<boolean> => {
    const steps = trajectory.steps.length;
    const { tokens } = meter.read();
    if (isForced) refused = Math.min(refused, tokens);
    const size = sizeOfWindow(tokens, signal);
    if (size === Number.POSITIVE_INFINITY || steps === 0) return false;
    if (!isForced && (tokens < size * options.atFraction || steps - lastFailure < stepsBetweenAttempts)) return false;
    if (!isForced && trimOutputs(tokens, size * options.atFraction * 0.75)) return true;
    const mayCompact = isForced || (await options.mayCompact?.('auto', '')) !== false;
    const isUrgent = isForced || tokens > size * nearlyFull;
    try {
      if (mayCompact && (await summarise('', tokens, size, signal, isUrgent)).kind === 'done') return true;
    } catch (error) {
      // The request that follows waits for the server; then a summary can be had, which says more than a list.
      if (!isOutage(error)) throw error;
      return false;
    }
    if (isUrgent && thinEverything()) return true;
    lastFailure = steps;
    return false;
  };

  /** The last way: also the newest output is thinned, before the model has seen it, so that one huge step can't end the session. */
  const thinEverything = (): boolean => {
    const { tokens } = meter.read();
    const plan = planThinning(trajectory, 0, meter.estimate);
    if (plan === undefined) return false;
    add({
      kind: 'thinned',
      fromStep: plan.thinBefore,
      summary: '',
      tokensBefore: tokens,
      tokensAfter: tokens - plan.savedTokens,
    });
    return true;
  };

  return {
    makeRoom,
    compactNow: async (focus, signal) => {
      if ((await options.mayCompact?.('manual', focus)) === false) return { kind: 'refused' };
      const { tokens } = meter.read();
      return summarise(focus, tokens, window() ?? asked?.found ?? Math.max(tokens, 32_000), signal);
    },
  };
}

function isOutage(error: unknown): boolean {
  return error instanceof ModelError && ['connection', 'server', 'rate-limit'].includes(error.kind);
}

/** The hand-over: the model's summary (or a plain list where it can't be had and `mayStandIn`), the user's own words, what must be carried on. */
async function writeSummary(
  options: CompactorOptions,
  focus: string,
  fromStep: number,
  { room, mayStandIn }: { readonly room: number; readonly mayStandIn: boolean },
  signal: AbortSignal,
): Promise<{ readonly summary: string; readonly warning?: string }> {
  const { trajectory } = options;
  const { fromStep: before, summary: previous } = readCompactions(trajectory.compactions);
  const steps = trajectory.steps.slice(before, fromStep);
  const notes: Note[] = trajectory.steps.slice(0, fromStep).flatMap((step) => step.notes);
  let summary: string;
  let warning: string | undefined;
  try {
    summary = await askForSummary(
      options,
      focus,
      writeConversation(steps, previous, digestLimit(options, room)),
      room,
      signal,
    );
  } catch (error) {
    signal.throwIfAborted();
    if (!mayStandIn && isOutage(error)) throw error;
    warning = `The model could not summarise the conversation (${messageOf(error)}); a plain list of what was done stands in for it.`;
    summary = listCalls(steps, previous);
  }
  const carried = options.carry().trim();
  const whole = loadPrompt('compact/handover', {
    summary,
    words: clip(usersWords(notes), wordsLimit, (omitted) => `${omitted} characters left out`),
    carried: carried === '' ? '' : `${carried}\n\n`,
  });
  return { summary: whole.trim(), ...(warning !== undefined && { warning }) };
}

/** The question must itself fit the window, with its answer. */
function digestLimit({ meter }: CompactorOptions, room: number): number {
  const tokensPerCharacter = meter.estimate(10_000) / 10_000;
  return Math.max(4_000, Math.min(400_000, Math.floor((room * 0.6) / tokensPerCharacter)));
}

async function askForSummary(
  options: CompactorOptions,
  focus: string,
  digest: string,
  room: number,
  signal: AbortSignal,
): Promise<string> {
  const system = loadPrompt('compact', {
    focus: focus.trim() === '' ? '' : loadPrompt('compact/focus', { focus: focus.trim() }),
  });
  const maxOutputTokens = Math.min(maxSummaryTokens, Math.max(500, Math.floor(room / 8)));
  const { text, usage } = await options.ask({ system, user: digest, maxOutputTokens }, signal);
  options.onUsage(usage);
  return readSummary(text);
}
