/**
 * The nouns of wink-agent. Everything here is plain JSON unless a comment says otherwise, so that a step can be posted to the
 * observer's thread, appended to the session file and read back without a conversion.
 */

import type { ErrorKind } from './error-kind.ts';
import type { Score } from './run/score-facts.ts';
import type { ResultView } from './screen/result-view.ts';

/** What a tool does to the world, whatever the tool is called: the only thing detectors and permissions need to know of it. */
export type ToolClass = 'read' | 'search' | 'edit' | 'write' | 'shell' | 'plan' | 'other';

export type JsonObject = { [key: string]: unknown };

export type ToolCall = {
  readonly id: string;
  readonly name: string;
  readonly input: JsonObject;
  /** What was fixed in the call before it ran, in words for the model (e.g. "removed a trailing comma"). */
  readonly repaired?: string;
  /** Why the call can't run at all (unfixable arguments), in words for the model; the call gets this as its result. */
  readonly problem?: string;
  /** The arguments as the model sent them, kept only when they could not be parsed or were fixed. */
  readonly rawInput?: string;
};

export type ToolResult = {
  readonly callId: string;
  readonly name: string;
  readonly output: string;
  readonly isError: boolean;
  readonly errorKind?: ErrorKind;
  /** Wall time of the call in milliseconds. */
  readonly ms: number;
  readonly view?: ResultView;
  /** Absolute paths of files that this call created, changed or deleted, as far as the tool knows. */
  readonly changedFiles?: readonly string[];
  /** What the model is to see of it, as data URLs of pictures and PDFs; `output` says in words what they are. */
  readonly images?: readonly string[];
  /** Two results with the same key are the same for loop detection (a tool that polls may change it each time). */
  readonly loopKey?: string;
};

/** Something that enters the conversation between two steps: the user's words, a reminder, or a line of the harness itself. */
export type Note = {
  readonly from: 'user' | 'observer' | 'harness';
  readonly text: string;
  /** ISO time. */
  readonly at: string;
  /** The reminder's id when `from` is observer. */
  readonly reminder?: string;
  /** Images as data URLs. */
  readonly images?: readonly string[];
};

export type Usage = {
  readonly inputTokens: number;
  /** The part of inputTokens that the provider read from its prompt cache. */
  readonly cachedInputTokens: number;
  /** The part of inputTokens that the provider wrote to its prompt cache, where it charges for that. */
  readonly cacheWriteTokens?: number;
  readonly outputTokens: number;
  /** US dollars; null when the model's price is unknown (never 0 for unknown). */
  readonly costUsd: number | null;
};

/** One round: the notes that stood before the model, what it said, what it called and what came back. */
export type Step = {
  readonly type: 'step';
  readonly index: number;
  /** ISO time at which the step was finished. */
  readonly at: string;
  readonly notes: readonly Note[];
  readonly text: string;
  readonly reasoning?: string;
  readonly calls: readonly ToolCall[];
  /** One result per call, in the order of the calls. */
  readonly results: readonly ToolResult[];
  readonly usage: Usage;
  /** Wall time of the whole step in milliseconds. */
  readonly ms: number;
  /** Why the model stopped. `cut`: we ended the stream (an interrupt or a chant); what came until then is kept. */
  readonly finish: FinishReason;
  /** Opaque items that the provider wants back with the next request (encrypted reasoning of the Responses API). */
  readonly carry?: readonly JsonObject[];
};

export type FinishReason = 'stop' | 'tool-calls' | 'length' | 'content-filter' | 'cut';

/** What the model answered, before any tool ran. */
export type Reply = {
  readonly text: string;
  readonly reasoning?: string;
  readonly calls: readonly ToolCall[];
  readonly usage: Usage;
  readonly finish: FinishReason;
  readonly carry?: readonly JsonObject[];
  /** What the model should be asked before its turn ends, in words for it (a call that it printed as text and that was not run). */
  readonly hint?: string;
};

/** From `fromStep` on, requests start with `summary` instead of the steps before it. */
export type Compaction = {
  readonly fromStep: number;
  /** How many steps there were when it took place; signed thoughts of those before no longer fit what precedes them. */
  readonly atStep?: number;
  readonly summary: string;
  /** Tokens before and after, as far as known. */
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  /** `thinned`: older tool output was shortened and no summary was written. */
  readonly kind: 'summary' | 'thinned';
};

/** A run so far. `steps` is append-only; provider messages are computed from it and never stored. */
export type Trajectory = {
  readonly session: string;
  readonly cwd: string;
  readonly system: string;
  readonly steps: Step[];
  readonly compactions: Compaction[];
};

export type Category = 'Specification Drift' | 'Reasoning Problems' | 'Tool Call Failures' | 'Verification Gaps';

/** A detector's finding: cheap, deterministic, one per streak. `confidence`: 0..1. */
export type Signal = {
  readonly detector: string;
  readonly category: string;
  readonly class: string;
  /** Index of the step after whose result the observer knew; for a call caught before it acts, the step of that call. */
  readonly step: number;
  readonly confidence: number;
  readonly evidenceSteps: readonly number[];
  /** One sentence of fact for logs, cards and templates ("`npm test` failed 4 times with the same output"). Never the bad call in full. */
  readonly evidence: string;
  /** The call was refused, in words that say the same. */
  readonly isRefused?: boolean;
  /** How many times, where the evidence says a number: the reminder says the number of its moment. */
  readonly times?: number;
  /** Same key, same streak: dedupe by class and evidence, never by wording. */
  readonly key: string;
};

/** A finding that stands: a strong signal, or one that the judge confirmed. */
export type Verdict = {
  readonly id: string;
  readonly category: string;
  readonly class: string;
  readonly source: 'detector' | 'judge';
  readonly detector?: string;
  readonly confidence: number;
  readonly firstStep: number;
  readonly evidenceSteps: readonly number[];
  readonly evidence: string;
  readonly key: string;
  readonly isRefused?: boolean;
  readonly times?: number;
  /** Step count the observer had seen when it decided. */
  readonly atStep: number;
  /** Verbatim: what was asked, claimed or believed, and the act or output against it; else what is missing. A judge's has two of them. */
  readonly quote?: string;
  readonly against?: string;
  readonly missing?: string;
  /** The step that holds the quote; absent when it is the user's words. */
  readonly quoteStep?: number;
  /** The adviser's DO / DON'T, at most 80 words. */
  readonly advice?: string;
};

/** The ladder: what an episode has reached. */
export type Rung = 'redirect' | 'check' | 'refuse' | 'way-back' | 'stop';

export type Reminder = {
  readonly id: string;
  readonly episode: string;
  readonly category: string;
  readonly class: string;
  readonly detector?: string;
  readonly rung: Rung;
  /** The words given to the model, without tags. */
  readonly text: string;
  /** The index of the step that it comes before. */
  readonly step: number;
  readonly evidenceSteps: readonly number[];
  readonly evidence: string;
  readonly mode: 'on' | 'shadow';
  /** It was drawn into the hold-out (`experiment.holdback`): nothing was said, and its mode is shadow. */
  readonly withheld?: true;
};

export type Suppressed = {
  readonly class: string;
  readonly detector?: string;
  readonly step: number;
  readonly reason: string;
};

export type EpisodeOutcome = 'recovered' | 'persisted' | 'ended' | 'stale';

export type Episode = {
  readonly id: string;
  readonly mode: 'on' | 'shadow';
  /** Its words were withheld by `experiment.holdback`; its mode is shadow. */
  readonly withheld?: true;
  readonly category: string;
  readonly class: string;
  readonly detector?: string;
  readonly openedAtStep: number;
  readonly evidenceSteps: readonly number[];
  readonly interventions: number;
  /** Did the steps after the last reminder do what was asked; undefined while unknown. */
  readonly complied?: boolean;
  /** The user says that it was none: a false alarm, whose outcome is never `recovered`. */
  readonly wrong?: boolean;
  readonly outcome?: EpisodeOutcome;
  readonly closedAtStep?: number;
};

export type ObserverMode = 'on' | 'shadow' | 'off';
export type ObserverHealth = 'ok' | 'lost' | 'off';

/** How a run ended. The exit codes are in modes/headless.ts. */
export type Outcome = 'done' | 'error' | 'turn-limit' | 'budget' | 'timeout' | 'stuck' | 'denied' | 'aborted';

/** What the observer's model took, as shares of what the agent's took; null where there is nothing to divide by. */
export type PriceShare = {
  /** Input and output tokens, cached ones in full. */
  readonly tokens: number | null;
  readonly money: number | null;
  /** The money is of known prices; else it is reckoned at one price for both. */
  readonly isByPrice: boolean;
};

/** The summary of the observer's work in the result object. */
export type WinkSummary = {
  readonly mode: ObserverMode;
  readonly health: ObserverHealth;
  readonly stepsObserved: number;
  readonly signals: number;
  readonly verdicts: number;
  readonly reminders: number;
  /** Reminders that were withheld by `experiment.holdback`; absent where there were none. */
  readonly withheld?: number;
  readonly suppressed: number;
  readonly judgeCalls: number;
  readonly usage: Usage;
  /** Its tokens and money as shares of the agent's; in the result of a run. */
  readonly share?: PriceShare;
  /** The estimate that the run succeeded; absent where it changed and checked nothing. */
  readonly score?: Score;
  readonly episodes: readonly Episode[];
};

export type ApprovalMode = 'plan' | 'ask' | 'edits' | 'full';

/** What a sum starts from. */
export const noUsage: Usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: 0 };

/** Adds two usages; an unknown cost makes the sum unknown. */
export function addUsage(left: Usage, right: Usage): Usage {
  const written = (left.cacheWriteTokens ?? 0) + (right.cacheWriteTokens ?? 0);
  return {
    inputTokens: left.inputTokens + right.inputTokens,
    cachedInputTokens: left.cachedInputTokens + right.cachedInputTokens,
    ...(written > 0 ? { cacheWriteTokens: written } : {}),
    outputTokens: left.outputTokens + right.outputTokens,
    costUsd: left.costUsd === null || right.costUsd === null ? null : left.costUsd + right.costUsd,
  };
}
