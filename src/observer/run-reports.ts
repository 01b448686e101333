import type { Observer, ObserverOptions } from './observer.ts';
import type { ObserverParts, ObserverState } from './observer-parts.ts';
import { scoreRun } from './score/score-run.ts';
import { normalizeStep } from './step/normalize-step.ts';
import type { TaskFollower } from './task-report/follow-task.ts';

/** Steps that are read for the score: it is asked for at the end of each turn, however long the session. */
const scoredSteps = 400;

/** What the observer can say of a run: its figures, its score, what was asked for and what shows of it. */
export function createRunReports(
  { trajectory, config }: ObserverOptions,
  { journal, policy, worker }: ObserverParts,
  state: ObserverState,
  task: TaskFollower,
): Pick<Observer, 'summary' | 'score' | 'completion' | 'timeline'> {
  return {
    summary: () =>
      journal.summary({
        mode: state.mode,
        health: state.mode === 'off' ? 'off' : worker.health(),
        stepsObserved: worker.seenCount(),
        episodes: policy.episodes(),
      }),
    score: (outcome) => {
      if (state.mode === 'off') return undefined;
      const steps = trajectory.steps.slice(-scoredSteps).map((step) => normalizeStep(step));
      return scoreRun(steps, outcome, policy.episodes());
    },
    completion: (changedFiles, outcome) => {
      if (state.mode === 'off' || !config.completionReport) return undefined;
      if (outcome !== 'aborted') return task.report(journal.timeline(), changedFiles);
      task.stop();
      return undefined;
    },
    timeline: () => ({ ...journal.timeline(), episodes: policy.episodes() }),
  };
}
