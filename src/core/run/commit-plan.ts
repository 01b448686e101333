/** What a commit would hold. `staged`: what the user staged, and nothing else; `session`: the files that this session changed. */
export type CommitPlan = {
  readonly kind: 'staged' | 'session';
  /** Paths from the working tree's root. */
  readonly files: readonly string[];
  /** Files that changed on the disk while the session worked, by a command or by the user: only where they say so. */
  readonly others: readonly string[];
  /** Of `files`, those that had uncommitted changes before the session, which go into the commit with the rest. */
  readonly mixed: readonly string[];
  /** How many other files have uncommitted changes, of which nothing is committed. */
  readonly leftCount: number;
  /** Of both, files that git does not know yet. */
  readonly newFiles: readonly string[];
  /** At most 24,000 characters, keys taken out: it goes to the model. */
  readonly diff: string;
  /** Subjects of the last commits: how messages look here. */
  readonly subjects: readonly string[];
  readonly root: string;
  /** What `files` and `others` held when the plan was made. */
  readonly states: Readonly<Record<string, string>>;
  /** What git will start because the repository has it; undefined where there is nothing. */
  readonly starts?: StartedByCommit;
};

export type StartedByCommit = {
  /** Hooks and settings, in words that follow "git runs". */
  readonly words: string;
  /** Git and all that it starts run in the sandbox. */
  readonly isHeld: boolean;
  /** The repository's own settings name the program that signs. */
  readonly namesSigner: boolean;
};
