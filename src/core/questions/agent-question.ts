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

/** Puts one question to whoever is there. An aborted signal takes it away; it then resolves to `skip`. */
export type AskQuestion = (
  asked: { readonly callId: string; readonly index: number; readonly question: AgentQuestion },
  signal: AbortSignal,
) => Promise<AnswerToQuestion>;
