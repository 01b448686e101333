import type { CompletionReport } from '../../core/run/task-report.ts';
import type { Step, Trajectory } from '../../core/types.ts';
import type { Timeline } from '../journal.ts';
import { normalizeStep } from '../step/normalize-step.ts';
import type { FromWorker } from '../worker/protocol.ts';
import { asksForSomething, writeCompletionReport } from './write-report.ts';

/** Follows where the task at hand began, and writes its report. */
export type TaskFollower = {
  /** Whether the judge reviewed the end of the turn is known from what the worker says. */
  readonly read: (message: FromWorker) => void;
  /** `changedFiles`: what the disk shows as changed by the turn, relative to `cwd`. Ends the task unless the next words only say to go on. */
  readonly report: (timeline: Timeline, changedFiles: readonly string[]) => CompletionReport | undefined;
};

/** Steps of one task that are read: a night's work is still read in under a second. */
const maxSteps = 3000;

/** `trajectory`: read only. A turn whose words ask for nothing new ("go on") belongs to the task before it. */
export function followTask(trajectory: Trajectory, cwd: string): TaskFollower {
  let taskStart = 0;
  let turnStart = trajectory.steps.length;
  let reviewed = -1;
  return {
    read: (message) => {
      if (message.kind === 'settled' && message.isReviewed === true) reviewed = message.index;
    },
    report: ({ signals, verdicts }, changedFiles) => {
      const isNewTask = trajectory.steps.slice(turnStart).flatMap(wordsOf).some(asksForSomething);
      if (isNewTask) taskStart = turnStart;
      const steps = trajectory.steps.slice(taskStart).slice(-maxSteps);
      turnStart = trajectory.steps.length;
      const first = steps[0]?.index ?? 0;
      return writeCompletionReport({
        asked: steps.flatMap(wordsOf),
        steps: steps.map((step, at) => normalizeStep(step, steps[at - 1])),
        cwd,
        changedFiles,
        signals: signals.filter(({ step }) => step >= first),
        verdicts: verdicts.filter(({ atStep }) => atStep >= first),
        isReviewed: reviewed >= 0 && reviewed === steps.at(-1)?.index,
      });
    },
  };
}

function wordsOf(step: Step): string[] {
  return step.notes.filter(({ from }) => from === 'user').map(({ text }) => text);
}
