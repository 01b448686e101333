/** What the answers and refusals of one endpoint have shown of its ways. Lasts as long as the connection. */
export type Habits = {
  /** It has made a tool call as it should. */
  makesCalls: boolean;
  /** It has shown that it can only print calls as text. */
  printsCalls: boolean;
  /** The last answer ended with a printed call, and the model was asked to make it. */
  wasAskedToCall: boolean;
  /** It has said why an answer ended. */
  givesFinish: boolean;
  /** Its answers end with the connection and nothing else. */
  endsSilently: boolean;
  /** The field in which it sent reasoning, or asked for it. */
  reasoningField?: 'reasoning_content' | 'reasoning';
  /** Which answers take their reasoning along: those that had one in that field, all with calls (empty where there was none), or none. */
  reasoning: 'as-given' | 'always' | 'never';
  /** Its chat template wants user and assistant to take turns. */
  wantsTurns: boolean;
  /** It takes call ids of nine letters and digits only. */
  wantsShortIds: boolean;
  /** Its chat template knows no system prompt. */
  hasNoSystem: boolean;
  /** It knows no role `developer`. */
  hasNoDeveloper: boolean;
  /** It wants a thought signature with each call, also with those of other models. */
  wantsSignatures: boolean;
  /** The model takes no images at all. */
  refusesImages: boolean;
  /** Data URLs that it refused, and those that it took. */
  readonly refusedImages: Set<string>;
  readonly acceptedImages: Set<string>;
  /** Thoughts of steps before this one no longer fit what precedes them. */
  thinksFrom: number;
  /** The server's id of its last answer. */
  lastMessage?: string;
  /** Largest number of output tokens that it allows, once it has refused a larger one. */
  maxOutputTokens?: number;
  /** Counts what was learnt that changes how the conversation is written. */
  version: number;
  /** Messages that the user has had already. */
  readonly reported: Set<string>;
};

/** The habits of an endpoint that has not answered yet. */
export function newHabits(): Habits {
  return {
    makesCalls: false,
    printsCalls: false,
    wasAskedToCall: false,
    givesFinish: false,
    endsSilently: false,
    reasoning: 'as-given',
    wantsTurns: false,
    wantsShortIds: false,
    hasNoSystem: false,
    hasNoDeveloper: false,
    wantsSignatures: false,
    refusesImages: false,
    refusedImages: new Set(),
    acceptedImages: new Set(),
    thinksFrom: 0,
    version: 0,
    reported: new Set(),
  };
}
