import type { ErrorKind } from '../../core/error-kind.ts';
import type { JsonObject, Signal, ToolClass } from '../../core/types.ts';

/** A call as the observer sees it, whatever agent made it. */
export type NormalizedCall = {
  readonly name: string;
  readonly act: ToolClass;
  readonly input: JsonObject;
  readonly output: string;
  readonly isError: boolean;
  readonly errorKind?: ErrorKind;
  readonly loopKey?: string;
  readonly changedFiles?: readonly string[];
};

/** A step of any agent's trajectory, ready for the detectors. */
export type NormalizedStep = {
  readonly index: number;
  /** What the user said before this step, in order. The observer's own reminders are never in here. */
  readonly userTexts: readonly string[];
  /** What the program said to the agent before this step: that a background command or a subagent has ended, a file that was attached. */
  readonly notices?: readonly string[];
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly NormalizedCall[];
  /** Whether the model ended its turn with this step; absent where a form does not say it, so that it must be told from what follows. */
  readonly endsTurn?: boolean;
  /** The source had shrunk this step: do not compare it with others. */
  readonly isLossy: boolean;
};

/** Facts about the run that detectors may use, known at its start. */
export type RunFacts = {
  readonly task: string;
  /** A plan of the agent's own that the user let it carry out: what was agreed, but not the user's words. */
  readonly plan?: string | undefined;
  readonly cwd: string;
  /** Repository-relative paths with uncommitted changes of the user's at the start; live they may become known after the first steps. */
  readonly dirtyFiles: readonly string[];
  /** Standing instructions (AGENTS.md and the like), for a replay; live the guard on the main thread has them. */
  readonly instructions?: readonly { readonly text: string; readonly source: string }[];
};

/** A pure, incremental detector: state lives in its closure, each step costs O(1) in the number of steps so far. */
export type Detector = {
  readonly name: string;
  /** Signals that this step's results made known. */
  readonly feed: (step: NormalizedStep) => readonly Signal[];
  /** Called when the model ended its turn without a call, after `feed` of the same step. */
  readonly finish?: (step: NormalizedStep) => readonly Signal[];
};
