/** What is to become of a last answer: it stands (as `text`), the model is asked again in these words, or the run fails. */
export type AnswerCheck =
  | { readonly kind: 'ok'; readonly text: string }
  | { readonly kind: 'again'; readonly note: string }
  | { readonly kind: 'fail'; readonly error: string };

/** The form that the user wants answers in. */
export type AnswerForm = {
  /** Words for the model, given with each of the user's messages. */
  readonly instructions: string;
  /** Checks the last answer of one turn; it asks again once. */
  readonly startTurn: () => (answer: string) => AnswerCheck;
};
