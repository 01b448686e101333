import type { FinishReason, JsonObject } from '../../core/types.ts';
import type { ServerEvent } from './event-parser.ts';

/** A tool call as it came, its arguments still text. */
export type RawCall = { readonly id: string; readonly name: string; readonly arguments: string };

export type RawUsage = {
  readonly input: number;
  readonly cached: number;
  /** Written to the prompt cache, where the server says it. */
  readonly written?: number;
  readonly output: number;
  readonly costUsd?: number;
};

/** An answer assembled from its stream, before anything is fixed. */
export type Collected = {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly RawCall[];
  /** undefined when the server reported none. */
  readonly usage: RawUsage | undefined;
  /** undefined: the stream ended without a reason, so the answer is not whole. */
  readonly finish: FinishReason | undefined;
  /** The server said that nothing follows. */
  readonly isDone?: boolean;
  readonly carry: readonly JsonObject[];
  /** Sentences for the user. */
  readonly notices?: readonly string[];
  /** The server's id of this answer. */
  readonly message?: string;
};

export type DeltaListener = {
  readonly onBegin?: () => void;
  readonly onText: (delta: string) => void;
  readonly onReasoning: (delta: string) => void;
  /** All text of this answer so far was reasoning. */
  readonly onRecast?: () => void;
};

/** Takes the events of one streamed answer. */
export type Collector = {
  /** Throws Fault for an error reported in the stream and for data that is not JSON. */
  readonly take: (event: ServerEvent) => void;
  /** Passes on the words that were taken; called when all events that came together have been. */
  readonly flush: () => void;
  /** True when something of the answer has come: a word, a thought, a part of a call. */
  readonly hasBegun: () => boolean;
  /** True when the finish reason has come: what is lost after it doesn't matter. */
  readonly isWhole: () => boolean;
  /** True when the server said that nothing follows. */
  readonly isDone: () => boolean;
  /** True when the answer has grown beyond any model's limit and may be cut. */
  readonly isTooLong: () => boolean;
  /** The answer so far where the server paused it and wants it back; what comes then goes on with it. undefined otherwise. */
  readonly takePaused?: () => readonly JsonObject[] | undefined;
  readonly collected: () => Collected;
};

/** Reads a count of tokens; 0 for anything that is not a number. */
export function readCount(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? Math.round(value) : 0;
}
