/** One line of a diff: `old` and `new` are 1-based line numbers. */
export type DiffLine = {
  readonly kind: 'same' | 'add' | 'remove';
  readonly old?: number;
  readonly new?: number;
  readonly text: string;
};

/** How a result likes to be drawn. Screens know these four and no tool's name. */
export type ResultView =
  | { readonly kind: 'text'; readonly title: string }
  | {
      readonly kind: 'diff';
      readonly title: string;
      readonly path: string;
      readonly lines: readonly DiffLine[];
      readonly added: number;
      readonly removed: number;
    }
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
