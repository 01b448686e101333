import type { JsonObject } from '../../core/types.ts';

/**
 * What the scripted model says, as plain JSON. A scenario is a list of replies given in order, or a list of rules: for each
 * request the first rule that matches it and has a reply left answers.
 */
export type Scenario = readonly ScriptedReply[] | { readonly kinds?: Kinds; readonly rules: readonly ScenarioRule[] };

/** A text that must be contained, or a regular expression. */
export type Pattern = string | { readonly regex: string; readonly flags?: string };

/** Which part of wink-agent asks, told apart by the system prompt. */
export type RequestKind = 'agent' | 'judge' | 'adviser' | 'compaction' | 'other';

/** Patterns over the system prompt, tried in this order: judge, adviser, compaction; a request with tools is always the agent's. */
export type Kinds = { readonly [kind in Exclude<RequestKind, 'agent' | 'other'>]?: Pattern };

export type ScenarioRule = {
  /** All parts given must hold; a rule without `when` always matches. */
  readonly when?: Condition;
  readonly replies: readonly ScriptedReply[];
  /** After the last reply: `next` leaves later requests to the following rules (default), `repeat` gives the last reply for ever, `restart` begins again. */
  readonly after?: 'next' | 'repeat' | 'restart';
};

export type Condition = {
  readonly kind?: RequestKind;
  readonly system?: Pattern;
  /** Stands in some user-role message. */
  readonly user?: Pattern;
  /** Stands in no user-role message. */
  readonly noUser?: Pattern;
  readonly lastUser?: Pattern;
  /** Stands in some tool result. */
  readonly toolResult?: Pattern;
  readonly lastToolResult?: Pattern;
  readonly model?: Pattern;
};

/** One answer. Strings in text, reasoning and arguments may hold `{{n}}`: which answer of its rule this is, counted from 1. */
export type ScriptedReply = {
  readonly text?: string;
  readonly reasoning?: string;
  /** The field that carries the reasoning in Chat Completions (default reasoning_content). */
  readonly reasoningField?: 'reasoning_content' | 'reasoning';
  readonly calls?: readonly ScriptedCall[];
  /** Default `tool_calls` with calls and `stop` without. */
  readonly finish?: string;
  readonly usage?: {
    readonly input: number;
    readonly cached?: number;
    readonly written?: number;
    readonly output: number;
  };
  /** Adds this many tokens of filler to the text. */
  readonly fillerTokens?: number;
  /** Speed of the stream; without it, as fast as the client takes it. One token a write either way. */
  readonly tokensPerSecond?: number;
  /** Length of the fragments in which a call's arguments are streamed, in characters (default 20). */
  readonly fragmentLength?: number;
  readonly firstByteDelayMs?: number;
  readonly midwayDelayMs?: number;
  readonly fault?: Fault;
  /** Gives this reply so many times in a row (default 1). */
  readonly times?: number;
};

export type ScriptedCall = {
  readonly name: string;
  /** A string is sent as it is, so that malformed arguments can be scripted. */
  readonly arguments: { readonly [key: string]: unknown } | string;
  /** `extra_content` of the call in Chat Completions (Gemini's thought signatures). */
  readonly extra?: JsonObject;
  /** Default: a fresh one. An empty string is sent as a missing id. */
  readonly id?: string;
};

/** What goes wrong with a reply. `midway` is after half of its tokens. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly message?: string;
      readonly code?: string;
      /** The field of the request that the error names. */
      readonly parameter?: string;
    }
  /** `end`: after the finish reason, before what follows it. */
  | { readonly kind: 'reset'; readonly at: 'before' | 'first-byte' | 'midway' | 'end' }
  | { readonly kind: 'silence'; readonly at: 'before' | 'midway' | 'end' }
  /** `isSaidDone`: `[DONE]` comes all the same. */
  | { readonly kind: 'no-finish'; readonly at?: 'midway' | 'end'; readonly isSaidDone?: boolean }
  | { readonly kind: 'truncated-json' }
  | { readonly kind: 'invalid-utf8' }
  | { readonly kind: 'html'; readonly status?: number }
  | { readonly kind: 'content-type'; readonly contentType: string; readonly body?: string }
  | { readonly kind: 'redirect'; readonly location: string; readonly status?: number }
  | { readonly kind: 'huge'; readonly megabytes: number }
  | { readonly kind: 'duplicate-ids' }
  | { readonly kind: 'error-event'; readonly message: string; readonly code?: string | number }
  | { readonly kind: 'no-done' }
  /** Everything is sent, and the stream is left open. */
  | { readonly kind: 'open-end' };
