/** The nouns of qualitative coding, shared by the labelling screen and the studies. Plain JSON. */

export type Severity = 'low' | 'medium' | 'high';

/** A class that a coder can give. `isOpen`: a coder added it; `mergedInto`: it was found to be the same as another. */
export type Code = {
  readonly name: string;
  readonly category: string;
  readonly summary: string;
  readonly isOpen: boolean;
  readonly mergedInto?: string;
};

/** A misbehaviour that a coder marked; steps are indexes, `visible` is the step after whose result it could be known. */
export type CodedLabel = {
  readonly class: string;
  readonly start: number;
  readonly visible: number;
  readonly end: number;
  /** 0..1 */
  readonly confidence: number;
  readonly severity: Severity;
  readonly note: string;
};

export type CodedCall = {
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly isError: boolean;
};

/** A step as a coder reads it. */
export type CodedStep = {
  readonly index: number;
  readonly user: string;
  readonly text: string;
  readonly calls: readonly CodedCall[];
};

/** One coder's reading of one run. */
export type Reading = { readonly coder: string; readonly labels: readonly CodedLabel[] };

/** A run to be read. `key` joins readings with it. */
export type CodedRun = {
  readonly key: string;
  readonly id: string;
  readonly agent: string;
  readonly task: string;
  readonly steps: readonly CodedStep[];
  /** What this coder marked before; undefined when the run was not opened yet. */
  readonly mine?: readonly CodedLabel[] | undefined;
  /** Whether this coder read it to its end before. */
  readonly isRead: boolean;
  /** What others marked; shown only when readings are adjudicated, so that coders stay independent. */
  readonly others: readonly Reading[];
};
