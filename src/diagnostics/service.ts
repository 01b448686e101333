import type { FoundError } from './found-error.ts';

/** What looks at the files that are edited: a language server, or the repository's own checker. */
export type Service = {
  readonly name: string;
  /** A file was changed; `before` is undefined for a new one. What is found comes by `Found`. */
  readonly edited: (path: string, before: string | undefined, after: string) => void;
  /** It knows the file as it was before, so an answer will not take long. */
  readonly isReady: (path: string) => boolean;
  /** Errors that are new have been seen already, and more may come. */
  readonly seesNew: (path: string) => boolean;
  /** What was found last in this file was reported to nobody. */
  readonly takeBack: (path: string) => void;
  readonly close: () => Promise<void>;
};

/** The look at a file is over: its new errors, none where all is as it was. */
export type Found = (path: string, errors: readonly FoundError[]) => void;
