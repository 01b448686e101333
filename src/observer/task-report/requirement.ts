import type { FileKind } from '../ledger/constraint.ts';
import type { GitRequest } from './git-requests.ts';

/** One thing that was asked for, with everything by which its evidence can be known. */
export type Requirement = {
  /** The user's words, at most 160 characters. */
  readonly text: string;
  /** Files that are named for a change; what is only mentioned is in `words`. */
  readonly files: readonly string[];
  /** Names of code in its own words: identifiers, flags, quoted texts. */
  readonly names: readonly string[];
  /** Plain words that its text calls a function, a class and the like: "the discount function". */
  readonly parts: readonly string[];
  /** Names in what comes below it: its section, the items under it. */
  readonly details: readonly string[];
  /** Words that carry the meaning, in lower case and without endings. */
  readonly words: readonly string[];
  /** Whole kinds of file that it asks to be changed ("the tests", "the docs"). */
  readonly kinds: readonly FileKind[];
  /** It points at what is elsewhere ("fix the issues", "address all of it"), so any change may be meant. */
  readonly isVague: boolean;
  /** Commands that it gives in full. */
  readonly commands: readonly string[];
  /** A check that it asks for by its sort. */
  readonly check?: 'test' | 'lint' | 'types' | 'build' | 'format';
  /** What it asks git or a forge for. */
  readonly git?: GitRequest;
};
