/** What kind of file a constraint speaks of. */
export type FileKind = 'tests' | 'production code' | 'configuration' | 'documentation' | 'lock files' | 'migrations';

/** Files that a constraint protects or allows: whole kinds, and paths or globs as the user wrote them. */
export type FileSet = { readonly kinds: readonly FileKind[]; readonly globs: readonly string[] };

/** Work of a kind that goes by many commands. */
export type CommandKind =
  | 'tests'
  | 'whole test suite'
  | 'migrations'
  | 'servers'
  | 'builds'
  | 'linters'
  | 'deployment'
  | 'publishing';

/** What git does, `push` and `commit` with the forms of them that people forbid apart. */
export type GitVerb =
  | 'commit'
  | 'amend'
  | 'push'
  | 'force-push'
  | 'rebase'
  | 'merge'
  | 'tag'
  | 'stash'
  | 'stage'
  | 'branch'
  | 'reset'
  | 'switch'
  | 'squash'
  | 'cherry-pick';

export type ConstraintRule =
  /** `byHand`: only edits are meant, a program may write them. */
  | { readonly type: 'no-change'; readonly files: FileSet; readonly byHand?: true }
  | { readonly type: 'no-delete'; readonly files: FileSet }
  | { readonly type: 'only-change'; readonly files: FileSet }
  /**
   * Nothing in the repository may be changed for now; it ends with the user's next words that are more than a question. `except`: files that
   * the same words asked to write, such as the plan.
   */
  | { readonly type: 'read-only'; readonly except?: readonly string[] }
  /** Code is changed in another worktree than the first. */
  | { readonly type: 'no-main-checkout' }
  /** `files`: only new files of these kinds. */
  | { readonly type: 'no-new-files'; readonly except: readonly string[]; readonly files?: FileSet }
  | { readonly type: 'no-dependencies' }
  /** `branch`: a push there only; `files`: a commit of these only. */
  | { readonly type: 'no-git'; readonly verbs: readonly GitVerb[]; readonly branch?: string; readonly files?: FileSet }
  /** Beginnings of commands: a program, or a program with its first words; with `kind`, words that all commands of the kind have. */
  | { readonly type: 'no-command'; readonly commands: readonly string[]; readonly kind?: CommandKind };

/** One explicit constraint, checkable in code. */
export type Constraint = {
  /** The same for the same words. */
  readonly id: string;
  /** The words it was taken from, at most 200 characters. */
  readonly quote: string;
  /** Who said it: `user`, or the file it is in (`AGENTS.md`). */
  readonly source: string;
  readonly rule: ConstraintRule;
};

/** A prohibition in somebody's words that code does not understand as a whole: for the judge and for `/wink`. */
export type Advice = { readonly quote: string; readonly source: string };

/** A call that breaks a constraint. */
export type Breach = {
  readonly constraint: Constraint;
  /** The file or command that breaks it. */
  readonly what: string;
};

/** "No new files" is seldom meant to the letter; "no new tests" is. */
export function isVague(rule: ConstraintRule): boolean {
  return rule.type === 'no-new-files' && rule.files === undefined;
}
