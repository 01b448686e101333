import type { Emit } from '../core/event.ts';
import type { ReadingPort } from '../core/observer-port.ts';
import type { Score } from '../core/run/score-facts.ts';
import type { CompletionReport } from '../core/run/task-report.ts';
import type { Episode, Note, ObserverMode, Outcome, Reminder, Step, Trajectory, WinkSummary } from '../core/types.ts';
import type { MisbehaviourClass } from './classes/taxonomy.ts';
import type { Instructions } from './guards/constraint-guard.ts';
import type { Timeline } from './journal.ts';
import type { Advice, Constraint } from './ledger/constraint.ts';
import type { JudgeModel, ObserverConfig } from './observer-schema.ts';
import type { PolicyOptions } from './policy/policy.ts';
import type { RunFacts } from './step/normalized-step.ts';
import type { UserQuestion } from './user-question.ts';
import type { WorkerClientOptions } from './worker/thread-keeper.ts';
import type { WorkerClient } from './worker/worker-client.ts';

export type ObserverOptions = {
  readonly mode: ObserverMode;
  readonly config: ObserverConfig;
  readonly facts: RunFacts;
  /** Read only: steps recorded before the start (a resumed session) are known and lead to nothing new. */
  readonly trajectory: Trajectory;
  readonly emit: Emit;
  /** The judge's model; absent: the deterministic part works alone. */
  readonly judgeModel?: JudgeModel;
  /** The judge's server may be the agent's alone: nothing is asked before `setServerFree(true)`. */
  readonly mayShareServer?: boolean;
  /** The taxonomy: built-in classes and the user's own. */
  readonly classes?: readonly MisbehaviourClass[];
  /** Standing instructions (AGENTS.md and the like) whose constraints hold as the user's own do. */
  readonly instructions?: readonly Instructions[];
  /** The ladder has reached the user: settles when they have answered, and whatever they answered came by the other methods. */
  readonly onAskUser?: (question: UserQuestion) => Promise<void>;
  /** Somebody is there who can answer the agent; default: where `onAskUser` is. */
  readonly canAsk?: boolean;
  readonly whySilent?: PolicyOptions['whySilent'];
  /** The share of episodes whose reminders are withheld, for comparison (0 to 1). */
  readonly holdback?: number;
  /** What looks at the steps; default: a thread of its own. */
  readonly createClient?: (options: WorkerClientOptions) => WorkerClient;
  /** Another worker file and pulse than the product's, for tests and benchmarks of faults. */
  readonly workerFile?: string;
  readonly hungAfterSeconds?: number;
};

/** The observer as main, loop and screens know it. All but `awaitSeen`, `settle` and `close` are synchronous and none throws. */
export type Observer = ReadingPort & {
  /** Words that the model had before this observer was there: what they forbid holds from now on. */
  readonly readWords: (notes: readonly Note[]) => void;
  /** Each finished step, once, in order. */
  readonly step: (step: Step) => void;
  /** The conversation was compacted. */
  readonly compacted: () => void;
  /** Whether the server that judge and agent share may be asked by the judge now; what is under way is cut off when it may not. */
  readonly setServerFree: (isFree: boolean) => void;
  /** The user's uncommitted work is known from now on: `facts.dirtyFiles` holds it. */
  readonly dirtyFilesKnown: () => void;
  /** The user pressed Esc. */
  readonly interrupted: () => void;
  /** End of the run, or of a turn in a session that goes on: open episodes get their outcome. */
  readonly finish: (outcome: Outcome) => void;
  /** The last run of tests that was green: its step, and the command. */
  readonly lastGreen: () => { readonly step: number; readonly check: string } | undefined;
  readonly summary: () => WinkSummary;
  /** The estimate that the run succeeded, once it has ended; undefined where there is nothing to go by or nobody looked. */
  readonly score: (outcome: Outcome) => Score | undefined;
  /**
   * What was asked for in the task at hand, and what shows of each; undefined when fewer than two things were, and for a turn that the user
   * stopped. `changedFiles`: what the disk shows as changed by the turn. Once at the end of each turn, after `finish`.
   */
  readonly completion: (changedFiles: readonly string[], outcome: Outcome) => CompletionReport | undefined;
  readonly mode: () => ObserverMode;
  readonly setMode: (mode: ObserverMode) => void;
  readonly timeline: () => Timeline & { readonly episodes: readonly Episode[] };
  /** The user's explicit constraints that code checks before each call. */
  readonly ledger: () => readonly Constraint[];
  /** What was forbidden in words that code can't check: for the judge, and for the user to see. */
  readonly advice: () => readonly Advice[];
  /** The user lifts one by its id. */
  readonly lift: (id: string) => void;
  /** The user adds one in words; gives what code can check of it, the rest is for the judge only. */
  readonly addConstraint: (text: string) => readonly Constraint[];
  /** More standing instructions that were found on the way. */
  readonly instruct: (instructions: Instructions) => void;
  /** By detector or class: nothing more of it in this session. */
  readonly mute: (name: string) => void;
  /** By detector or class: let it pass for this many steps. */
  readonly allowMore: (name: string, steps: number) => void;
  /** By detector or class: ends a mute and what was allowed. What still goes on is reminded of at the next drain. */
  readonly watchAgain: (name: string) => void;
  /** The user calls a reminder wrong, the last one without an id: a false alarm. Gives the reminder; undefined when there isn't one. */
  readonly markWrong: (id?: string) => Reminder | undefined;
  /** Ends the worker; never hangs. */
  readonly close: () => Promise<void>;
};
