import type { JsonObject, Note, Reply, Trajectory, Usage } from './types.ts';

/** A tool as the model sees it. `parameters` is a JSON schema of type object. */
export type ToolSchema = {
  readonly name: string;
  readonly description: string;
  readonly parameters: JsonObject;
  /** Other names that models use for the tool; never sent, only matched. */
  readonly aliases?: readonly string[];
};

export type ModelRequest = {
  readonly trajectory: Trajectory;
  /** Notes that come before this request and will be recorded in its step. */
  readonly notes: readonly Note[];
  readonly tools: readonly ToolSchema[];
};

export type ReplyListener = {
  /** The first piece of an answer has come: a word, a thought, a part of a call. Again when it is asked anew. */
  readonly onBegin?: () => void;
  readonly onText: (delta: string) => void;
  readonly onReasoning: (delta: string) => void;
  /** All text of this answer so far was reasoning: the server left its end unmarked until now. */
  readonly onRecast?: () => void;
  /** One sentence for the user about what the endpoint does differently and what was done about it. */
  readonly onWarning?: (message: string) => void;
  /** Called before the wait of a retry; `discard` says that what was streamed of this reply is void. */
  readonly onRetry: (retry: { attempt: number; reason: string; waitMs: number; discard: boolean }) => void;
};

/** Where a model is asked. */
export type Endpoint = {
  /** A provider as wink-agent names it. */
  readonly provider: string;
  readonly baseUrl: string;
};

/** A language model as the loop knows it. */
export type Model = {
  readonly name: string;
  /** Where it is asked; absent for a caller's own model. */
  readonly endpoint?: Endpoint | undefined;
  /** Context window in tokens, when known. */
  readonly contextWindow?: number;
  /**
   * One answer, streamed to the listener and returned whole. Throws ModelError when it can't be had, and the signal's reason
   * when aborted.
   */
  readonly reply: (request: ModelRequest, listener: ReplyListener, signal: AbortSignal) => Promise<Reply>;
  /** What the last request cost, about, when its answer was cut after so many characters: no server reports it then. */
  readonly estimateCut: (characters: number) => Usage;
};

/** Which model is asked, and where. */
export type Asked = { readonly model: string; readonly endpoint?: Endpoint | undefined };

export function askedOf({ name, endpoint }: Model): Asked {
  return { model: name, ...(endpoint ? { endpoint } : {}) };
}

/** A question outside the conversation (judge, adviser, compaction): no tools, one answer. */
export type Question = {
  readonly system: string;
  readonly user: string;
  /** JSON schema that the answer must match; sent as json_schema where the server has it, as words otherwise. */
  readonly schema?: { readonly name: string; readonly schema: JsonObject };
  readonly maxOutputTokens: number;
};

export type Ask = (question: Question, signal: AbortSignal) => Promise<{ text: string; usage: Reply['usage'] }>;
