/** What the model asks the user, with the answers that it offers. */
export type AgentQuestion = {
  readonly question: string;
  readonly options: readonly { readonly label: string; readonly description?: string | undefined }[];
  /** Several of the options may be chosen. */
  readonly isMultiple: boolean;
};

export type AnswerToQuestion =
  /** The user's words: labels of options, or their own. */
  | { readonly kind: 'words'; readonly words: string }
  /** They leave it to the model. */
  | { readonly kind: 'skip' }
  /** Nobody could be asked; `reason` is a sentence for the model. */
  | { readonly kind: 'unable'; readonly reason: string };

/** One question of a call, with the answers that were given to the call's others so far. */
export type PutQuestion = {
  readonly callId: string;
  readonly index: number;
  readonly question: AgentQuestion;
  /** All questions of the call. */
  readonly all: readonly AgentQuestion[];
  /** By the index of the question; one to which the user went back has an answer, too. */
  readonly given: readonly AnswerToQuestion[];
};

/** `back`: the question before this one is put again. */
export type AnswerOrBack = AnswerToQuestion | { readonly kind: 'back' };

/** Puts one question to whoever is there. An aborted signal takes it away; it then resolves to `skip`. */
export type AskQuestion = (asked: PutQuestion, signal: AbortSignal) => Promise<AnswerOrBack>;
