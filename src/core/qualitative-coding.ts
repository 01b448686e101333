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

/** What the labelling screen works on, and who gets what was labelled; it ends when the coder leaves. */
export type LabelScreenOptions = {
  readonly runs: readonly CodedRun[];
  readonly codes: readonly Code[];
  readonly coder: string;
  readonly isAdjudicating: boolean;
  /** Called when a run is left; `isDraft`: it was not read to its end. */
  readonly onSave: (run: CodedRun, labels: readonly CodedLabel[], isDraft: boolean) => void;
  readonly onCodes: (codes: readonly Code[]) => void;
};
