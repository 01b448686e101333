import type { Score } from '../../core/run/score-facts.ts';
import type { Episode, Outcome, Reminder, Signal, Suppressed, Verdict } from '../../core/types.ts';
import type { ObserverConfig } from '../../observer/observer-schema.ts';
import type { OfflineJudge } from '../../observer/review/offline-judge.ts';
import { scoreRun } from '../../observer/score/score-run.ts';
import { commandArgument } from '../../observer/step/files/argument-names.ts';
import type { NormalizedCall, NormalizedStep } from '../../observer/step/normalized-step.ts';
import { createStepObserver, type Observed } from '../../observer/step-observer.ts';
import type { StudyTrajectory } from '../input/trajectory.ts';
import { type JudgeCost, judgeCostOf } from '../judge/judge-cost.ts';

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
  /** The estimate that the run succeeded. */
  readonly score: Score | undefined;
  /** Findings of the judge, when it was asked, and what that cost. */
  readonly verdicts?: readonly Verdict[];
  readonly judge?: JudgeCost;
  /** Microseconds that detectors and policy took for each step. */
  readonly stepMicroseconds: readonly number[];
};

/** Tools with which agents say that they are done. */
const finishing = /^(?:submit|finish|attempt_?completion|complete_?task|task_?(?:done|complete)|done)$/i;

/**
 * Runs detectors and policy over a saved run as they would have run with it. Nobody was reminded, so the mode is
 * shadow: the reminders are what would have been said, the episodes the agent's own doing.
 */
export function replayTrajectory(trajectory: StudyTrajectory, config: ObserverConfig): ReplayResult {
  const replay = startReplay(trajectory, config, false);
  for (const [position, step] of trajectory.steps.entries()) {
    const startedAt = performance.now();
    const isTurnEnd = endsTurn(step, trajectory.steps[position + 1]);
    replay.observe(step, isTurnEnd);
    replay.deliver(step, isTurnEnd);
    replay.stepMicroseconds.push((performance.now() - startedAt) * 1000);
  }
  return replay.end();
}

/** The same with a judge that is asked at each step where it would be asked live, and waited for. */
export async function replayJudged(
  trajectory: StudyTrajectory,
  config: ObserverConfig,
  judge: OfflineJudge,
): Promise<ReplayResult> {
  const replay = startReplay(trajectory, config, true);
  const verdicts: Verdict[] = [];
  for (const [position, step] of trajectory.steps.entries()) {
    const next = trajectory.steps[position + 1];
    const isTurnEnd = endsTurn(step, next);
    const ending = isTurnEnd ? 'turn-end' : next === undefined ? 'stopped' : 'none';
    const signals = replay.observe(step, isTurnEnd);
    for (const verdict of await judge.step(step, signals, ending)) {
      verdicts.push(verdict);
      replay.judge(verdict);
    }
    replay.deliver(step, ending !== 'none');
  }
  const result = replay.end();
  const suppressed = [...result.suppressed, ...judge.dropped()].sort((left, right) => left.step - right.step);
  return { ...result, suppressed, verdicts, judge: judgeCostOf(judge, trajectory) };
}

function startReplay(trajectory: StudyTrajectory, config: ObserverConfig, hasJudge: boolean) {
  const observer = createStepObserver({
    config,
    mode: 'shadow',
    hasJudge,
    facts: {
      task: trajectory.task,
      plan: trajectory.plan,
      cwd: trajectory.cwd,
      dirtyFiles: [],
      instructions: trajectory.instructions ?? [],
    },
  });
  const signals: Signal[] = [];
  const reminders: Reminder[] = [];
  const suppressed: Suppressed[] = [];
  const stepMicroseconds: number[] = [];
  const add = (observed: Observed, finishedStep: number): Observed => {
    signals.push(...observed.signals);
    for (const reminder of observed.reminders) reminders.push({ ...reminder, step: finishedStep });
    suppressed.push(...observed.suppressed);
    return observed;
  };
  return {
    stepMicroseconds,
    observe: observer.observe,
    judge: observer.judge,
    deliver: (step: NormalizedStep, isTurnEnd: boolean): readonly Reminder[] =>
      add(observer.deliver(step, isTurnEnd), step.index).reminders,
    end: (): ReplayResult => {
      const outcome = outcomeOf(trajectory);
      add(observer.finish(outcome), trajectory.steps.at(-1)?.index ?? 0);
      const episodes = observer.episodes();
      const { id, source, set } = trajectory;
      return {
        id,
        source,
        set,
        steps: trajectory.steps.length,
        signals,
        reminders,
        suppressed,
        episodes,
        score: scoreRun(trajectory.steps, outcome, episodes),
        stepMicroseconds,
      };
    },
  };
}

/**
 * Whether the model ended its turn with this step: the file says so, or it called nothing and the user spoke next (or nobody), or it called
 * a tool for that.
 */
export function endsTurn(step: NormalizedStep, next: NormalizedStep | undefined): boolean {
  if (step.endsTurn !== undefined) return step.endsTurn;
  if (step.calls.some((call) => finishing.test(call.name) || handsIn(call)))
    return next === undefined || next.userTexts.length > 0;
  return step.calls.length === 0 && (next === undefined || next.userTexts.length > 0);
}

/** mini-swe-agent has no tool for it: a shell line with its mark. */
function handsIn({ act, input }: NormalizedCall): boolean {
  const line = act === 'shell' ? commandArgument(input) : undefined;
  return line !== undefined && /\bCOMPLETE_TASK_AND_SUBMIT_FINAL_OUTPUT\b|\bMINI_SWE_AGENT_FINAL_OUTPUT\b/.test(line);
}

function outcomeOf(trajectory: StudyTrajectory): Outcome {
  if (trajectory.record?.outcome !== undefined) return trajectory.record.outcome;
  const last = trajectory.steps.at(-1);
  return last !== undefined && endsTurn(last, undefined) ? 'done' : 'aborted';
}
