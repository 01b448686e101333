import type { Code, CodedLabel, CodedRun, Reading } from '../../core/qualitative-coding.ts';

/** What is asked for in a line of text at the bottom. */
export type LabelPrompt = 'note' | 'class' | 'code-name' | 'code-summary' | 'merge';

/** The labelling screen as plain data; `press.ts` changes it, `Labelling.tsx` shows it. */
export type LabelState = {
  readonly runs: readonly CodedRun[];
  readonly codes: readonly Code[];
  readonly coder: string;
  readonly isAdjudicating: boolean;
  /** The run that is read. */
  readonly at: number;
  /** Position of the step that is open. */
  readonly cursor: number;
  /** Rows scrolled inside the open step. */
  readonly scroll: number;
  /** Labels of each run that was looked at, by its key. */
  readonly labels: Readonly<Record<string, readonly CodedLabel[]>>;
  /** Index of the label that keys change; -1 when there isn't one. */
  readonly picked: number;
  /** Earlier labels of this run, newest last. */
  readonly past: readonly (readonly CodedLabel[])[];
  readonly read: readonly string[];
  readonly prompt?: { readonly kind: LabelPrompt; readonly title: string; readonly name?: string };
  /** Lines that were left with Esc, by the place they were written for: they are there again when it is opened again. */
  readonly drafts: Readonly<Record<string, string>>;
  /** Which coder's labels were adopted last, in adjudication. */
  readonly adopted: number;
  readonly message: string;
  readonly isHelpShown: boolean;
  readonly isLeaving: boolean;
};

export function startLabelling(given: Pick<LabelState, 'runs' | 'codes' | 'coder' | 'isAdjudicating'>): LabelState {
  return openRun(
    {
      ...given,
      at: 0,
      cursor: 0,
      scroll: 0,
      labels: {},
      picked: -1,
      past: [],
      drafts: {},
      read: given.runs.filter((run) => run.isRead).map((run) => run.key),
      adopted: -1,
      message: '',
      isHelpShown: false,
      isLeaving: false,
    },
    0,
  );
}

/** Goes to a run; its labels are those given before, until they are changed. */
export function openRun(state: LabelState, at: number): LabelState {
  const run = state.runs[at];
  if (run === undefined) return state;
  const labels = state.labels[run.key] ?? run.mine ?? [];
  return {
    ...state,
    at,
    cursor: 0,
    scroll: 0,
    past: [],
    adopted: -1,
    picked: labels.length - 1,
    labels: { ...state.labels, [run.key]: labels },
    message: '',
  };
}

export function currentRun(state: LabelState): CodedRun {
  return state.runs[state.at]!;
}

/** The labels of the run that is read. */
export function currentLabels(state: LabelState): readonly CodedLabel[] {
  return state.labels[currentRun(state).key] ?? [];
}

/** The codes that can be given: those that were not merged into others. */
export function usableCodes(state: LabelState): readonly Code[] {
  return state.codes.filter((code) => code.mergedInto === undefined);
}

/** The index, in the run's own numbering, of the step that is open. */
export function currentStep(state: LabelState): number {
  return currentRun(state).steps[state.cursor]?.index ?? 0;
}

/** Puts other labels in place of the run's, and keeps the old ones for undo. */
export function changeLabels(state: LabelState, labels: readonly CodedLabel[], picked: number): LabelState {
  return {
    ...state,
    labels: { ...state.labels, [currentRun(state).key]: labels },
    past: [...state.past, currentLabels(state)],
    picked: Math.min(picked, labels.length - 1),
    message: '',
  };
}

/** Readings of others, shown in adjudication only. */
export function shownReadings(state: LabelState): readonly Reading[] {
  return state.isAdjudicating ? currentRun(state).others : [];
}
