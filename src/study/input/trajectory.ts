import type { Instructions } from '../../observer/guards/constraint-guard.ts';
import type { NormalizedStep } from '../../observer/step/normalized-step.ts';
import type { RunRecord } from './run-record.ts';

/** A misbehaviour that a reader marked. `visible`: index of the step after whose result an observer could know it. */
export type Label = {
  readonly class: string;
  readonly start: number;
  readonly visible: number;
  readonly end: number;
  /** 0..1; a label below 0.5 makes its class count neither way. */
  readonly confidence: number;
  readonly severity?: string | undefined;
};

/** What a dataset knows of a run's outcome and its misbehaviours; all of it optional. */
export type RunLabels = {
  readonly misbehaviours?: readonly Label[] | undefined;
  /** Whether the run solved its task, by the dataset's own tests. */
  readonly success?: boolean | null | undefined;
  /**
   * Whether the run broke a rule of its task, and at which step first. `ruleReverted`: broke it and put it back, counts
   * neither way.
   */
  readonly ruleBroken?: boolean | undefined;
  readonly ruleReverted?: boolean | undefined;
  readonly firstBreakStep?: number | null | undefined;
};

/** What a described case of a loop detector's test suite expects. */
export type CaseExpectation = {
  readonly stuck: boolean;
  readonly kind?: string | null | undefined;
  readonly atStep?: number | undefined;
  readonly quietBefore?: boolean | undefined;
};

/** A saved run of any agent, ready to be replayed. */
export type StudyTrajectory = {
  readonly id: string;
  readonly source: string;
  readonly set?: string | undefined;
  readonly agent?: string | undefined;
  readonly model?: string | undefined;
  /** The user's first words, in full. */
  readonly task: string;
  /** A plan that the agent had written before and that the task says to carry out; none of it is the user's words. */
  readonly plan?: string | undefined;
  /** Where the run worked; empty when unknown. */
  readonly cwd: string;
  /** Standing instructions (AGENTS.md and the like) that the agent was given; absent where unknown. */
  readonly instructions?: readonly Instructions[] | undefined;
  readonly steps: readonly NormalizedStep[];
  readonly labels?: RunLabels | undefined;
  readonly expect?: CaseExpectation | undefined;
  /** Whether all sound loop detectors should agree on the case. */
  readonly core?: boolean | undefined;
  /** The file it was read from. */
  readonly file: string;
  /** Times, tokens, interrupts and the observer's own records, as far as the file holds them. */
  readonly record?: RunRecord | undefined;
};

/** Where a text came from: `line` is 1-based and set for formats of one trajectory a line. */
export type Place = { readonly file: string; readonly line?: number };

/**
 * A form in which agents save trajectories. To add one: a file in formats/ that exports it, and its row in formats/registry.ts.
 * `parse` gets a line or the whole file, as `unit` says, and throws when the text has not that form after all.
 */
export type TrajectoryFormat = {
  readonly name: string;
  readonly unit: 'line' | 'file';
  /** `head`: the first 256 kB of the file, uncompressed. */
  readonly recognises: (head: string, file: string) => boolean;
  /**
   * `onBroken` hears the 1-based number of each line that could not be read while the rest could (forms of many lines a run).
   */
  readonly parse: (text: string, place: Place, onBroken?: (line: number) => void) => readonly StudyTrajectory[];
};
