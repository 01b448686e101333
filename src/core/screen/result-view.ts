/** One line of a diff: `old` and `new` are 1-based line numbers. */
export type DiffLine = {
  readonly kind: 'same' | 'add' | 'remove';
  readonly old?: number;
  readonly new?: number;
  readonly text: string;
};

/** The lines of one file that change. */
export type DiffView = {
  readonly kind: 'diff';
  readonly title: string;
  readonly path: string;
  readonly lines: readonly DiffLine[];
  readonly added: number;
  readonly removed: number;
  /** What becomes of the file besides its lines, in words: `deleted`, `new, executable`. */
  readonly fate?: string;
};

/** How a result likes to be drawn. Screens know these five and no tool's name. */
export type ResultView =
  | { readonly kind: 'text'; readonly title: string }
  | DiffView
  /** Several files at once. */
  | { readonly kind: 'patch'; readonly title: string; readonly files: readonly DiffView[] }
  | {
      readonly kind: 'command';
      readonly title: string;
      readonly command: string;
      /** null: ended by a signal, or still running. */
      readonly exitCode: number | null;
      readonly isRunning?: boolean;
    }
  | {
      readonly kind: 'list';
      readonly title: string;
      readonly items: readonly string[];
      readonly done?: readonly boolean[];
      /** The one that is being worked on. */
      readonly doing?: readonly boolean[];
    };
