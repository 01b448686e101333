import type { forEachChild, parse } from 'unbash';
import type { Argument } from './words.ts';

export type Bash = { readonly parse: typeof parse; readonly forEachChild: typeof forEachChild };

/** One simple command of a script: what it runs, what it is redirected to, and where. */
export type Part = {
  readonly words: readonly Argument[];
  readonly assignments: readonly { readonly name: string; readonly value: readonly Argument[] }[];
  readonly writes: readonly Argument[];
  readonly reads: readonly Argument[];
  /** What here-documents and here-strings give it to read. */
  readonly input: readonly string[];
  /** Standard input comes from a pipe. */
  readonly isPiped: boolean;
  /**
   * The pipe carries names of files, listed by a command that was judged itself: `rooted` ones begin with a folder, `bare` ones could
   * be taken for options.
   */
  readonly listed: Listed | undefined;
  /** The folders it may run in; undefined when a `cd` can't be followed. */
  readonly folders: readonly string[] | undefined;
  readonly text: string;
};

export type Listed = 'rooted' | 'bare';
