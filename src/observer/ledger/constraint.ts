/** What kind of file a constraint speaks of. */
export type FileKind = 'tests' | 'configuration' | 'documentation' | 'lock files' | 'migrations';

/** Files that a constraint protects or allows: whole kinds, and paths or globs as the user wrote them. */
export type FileSet = { readonly kinds: readonly FileKind[]; readonly globs: readonly string[] };

export type ConstraintRule =
  | { readonly type: 'no-change'; readonly files: FileSet }
  | { readonly type: 'only-change'; readonly files: FileSet }
  | { readonly type: 'no-new-files'; readonly except: readonly string[] }
  | { readonly type: 'no-dependencies' }
  | { readonly type: 'no-git'; readonly verbs: readonly string[] }
  /** Command beginnings ("npm publish", "alembic upgrade") or, without blanks, any word of a command. */
  | { readonly type: 'no-command'; readonly commands: readonly string[] };

/** One explicit constraint, checkable in code. */
export type Constraint = {
  /** The same for the same words. */
  readonly id: string;
  /** The words it was taken from, at most 200 characters. */
  readonly quote: string;
  /** Who said it: `user`, or the file it stands in (`AGENTS.md`). */
  readonly source: string;
  readonly rule: ConstraintRule;
};

/** A call that breaks a constraint. */
export type Breach = {
  readonly constraint: Constraint;
  /** The file or command that breaks it. */
  readonly what: string;
};
