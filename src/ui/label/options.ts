import type { Code, CodedLabel, CodedRun } from '../../core/labels.ts';

/** What the labelling screen works on, and who gets what was labelled. */
export type LabelScreenOptions = {
  readonly runs: readonly CodedRun[];
  readonly codes: readonly Code[];
  readonly coder: string;
  readonly isAdjudicating: boolean;
  /** Called when a run is left; `isDraft`: it was not read to its end. */
  readonly onSave: (run: CodedRun, labels: readonly CodedLabel[], isDraft: boolean) => void;
  readonly onCodes: (codes: readonly Code[]) => void;
};
