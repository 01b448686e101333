/** Files that may hold somebody else's work: changed after the agent did, or by no edit of it. Going back would overwrite them. */
export type EditedSince = {
  readonly what: 'undo' | 'redo';
  /** Paths from the folder of the session. */
  readonly files: readonly string[];
  /** Of these, changed during the turn by a command, or by somebody else: no edit of the agent wrote them. */
  readonly unwritten: readonly string[];
  /** Of these, removed: they were not there before. */
  readonly removed: readonly string[];
  /** Of these, too large to keep: overwritten, they are lost. */
  readonly unsaved: readonly string[];
  /** How many other files the same turn changed. */
  readonly others: number;
  /** Another turn before this one can be taken back. */
  readonly hasEarlier: boolean;
};

/** Leaves them and does the rest, overwrites them, goes on to the turn before, or does nothing. */
export type EditedAnswer = 'leave' | 'overwrite' | 'earlier' | 'nothing';

/** Whether anything was done, and a sentence that says what. */
export type TakenBack = { readonly isDone: boolean; readonly words: string };
