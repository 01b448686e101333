import type { Episode, Outcome, Reminder, Signal, Suppressed, Verdict } from '../core/types.ts';
import type { ObserverConfig } from '../observer/config.ts';
import type { Decisions } from '../observer/decisions.ts';
import { createDetectors } from '../observer/detectors/create.ts';
import type { ObservedStep } from '../observer/observed.ts';
import { createPolicy } from '../observer/policy.ts';
import type { StudyTrajectory } from './trajectory.ts';

/** What the observer would have found and said in a saved run. */
export type ReplayResult = {
  readonly id: string;
  readonly source: string;
  readonly set?: string | undefined;
  /** Count of steps. */
  readonly steps: number;
  readonly signals: readonly Signal[];
  /** `step` is the index of the step after whose result it would have been said. */
  readonly reminders: readonly Reminder[];
  readonly suppressed: readonly Suppressed[];
  readonly episodes: readonly Episode[];
  /** Findings of the judge, when it was asked. */
  readonly verdicts?: readonly Verdict[];
  /** Microseconds that detectors and policy took for each step. */
  readonly stepMicroseconds: readonly number[];
};

/** Tools with which agents say that they are done. */
const finishing = /^(?:submit|finish|attempt_?completion|complete_?task|task_?(?:done|complete)|done)$/i;

/**
 * Runs detectors and policy over a saved run as they would have run beside it. Nobody was spoken to, so the mode is shadow: the
 * reminders are what would have been said, the episodes the agent's own doing.
 */
export function replayTrajectory(trajectory: StudyTrajectory, config: ObserverConfig): ReplayResult {
  const facts = { task: trajectory.task, cwd: trajectory.cwd, dirtyFiles: [] };
  const detectors = createDetectors(config.detectors, facts);
  const policy = createPolicy({ config, mode: () => 'shadow', hasJudge: false });
  const record = createRecord();
  for (const [position, step] of trajectory.steps.entries()) {
    const startedAt = performance.now();
    const isTurnEnd = endsTurn(step, trajectory.steps[position + 1]);
    record.add(policy.step(step), step.index);
    for (const signal of detectors.observe(step, isTurnEnd)) {
      record.signals.push(signal);
      record.add(policy.signal(signal), step.index);
    }
    record.add(policy.deliver(step.index + 1, isTurnEnd), step.index);
    record.stepMicroseconds.push((performance.now() - startedAt) * 1000);
  }
  record.add(policy.finish(outcomeOf(trajectory)), trajectory.steps.at(-1)?.index ?? 0);
  return {
    id: trajectory.id,
    source: trajectory.source,
    set: trajectory.set,
    steps: trajectory.steps.length,
    signals: record.signals,
    reminders: record.reminders,
    suppressed: record.suppressed,
    episodes: policy.episodes(),
    stepMicroseconds: record.stepMicroseconds,
  };
}

function createRecord() {
  const signals: Signal[] = [];
  const reminders: Reminder[] = [];
  const suppressed: Suppressed[] = [];
  const stepMicroseconds: number[] = [];
  const add = (decisions: Decisions, finishedStep: number) => {
    for (const reminder of decisions.reminders) reminders.push({ ...reminder, step: finishedStep });
    suppressed.push(...decisions.suppressed);
  };
  return { signals, reminders, suppressed, stepMicroseconds, add };
}

/** Whether the model ended its turn with this step: it called nothing and the user spoke next (or nobody), or it called a tool for that. */
export function endsTurn(step: ObservedStep, next: ObservedStep | undefined): boolean {
  if (step.calls.some((call) => finishing.test(call.name))) return next === undefined || next.userTexts.length > 0;
  return step.calls.length === 0 && (next === undefined || next.userTexts.length > 0);
}

function outcomeOf(trajectory: StudyTrajectory): Outcome {
  const last = trajectory.steps.at(-1);
  return last !== undefined && endsTurn(last, undefined) ? 'done' : 'aborted';
}
