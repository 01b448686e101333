import type { Note, Step } from '../core/types.ts';
import type { Observer, ObserverOptions } from './observer.ts';
import type { ObserverParts, ObserverState } from './observer-parts.ts';
import type { Decisions } from './policy/decisions.ts';
import { findGreen } from './step/checks/find-green.ts';
import { normalizeStep, wordsInResults } from './step/normalize-step.ts';

/** Steps that a resumed observer, or a new thread after one was lost, is caught up with. */
const catchUpSteps = 50;

/** Takes steps and the user's words in, and gives them to the guards, the policy and the worker. */
export type StepIntake = {
  /** Steps of a resumed session are context for later findings and are not reminded of again. */
  readonly resume: () => void;
  readonly take: (step: Step) => void;
  readonly readWords: (notes: readonly Note[]) => void;
  /** What the policy decided with the steps since the last time. */
  readonly takeDecisions: () => readonly Decisions[];
  readonly lastGreen: Observer['lastGreen'];
};

export function createStepIntake(
  { trajectory, judgeModel }: ObserverOptions,
  { guard, lossGuard, policy, streamGuard, worker }: ObserverParts,
  { recent }: ObserverState,
): StepIntake {
  const decided: Decisions[] = [];
  let lastGreen: ReturnType<typeof findGreen>;
  const readResults = (step: Step): void => {
    for (const text of wordsInResults(step)) guard.readConstraints({ from: 'user', text, at: step.at });
  };

  return {
    resume: () => {
      const { steps } = trajectory;
      for (const step of steps) {
        for (const note of step.notes) guard.readConstraints(note);
        readResults(step);
      }
      const last = steps.at(-1);
      if (last === undefined) return;
      recent.push(...steps.slice(-catchUpSteps).map((step) => normalizeStep(step, steps[step.index - 1])));
      for (const step of recent) {
        guard.learn(step);
        policy.step(step);
      }
      worker.tell({ kind: 'catch-up', steps: recent, knownUntil: last.index });
    },
    take: (step) => {
      const normalized = normalizeStep(step, trajectory.steps[step.index - 1]);
      readResults(step);
      recent.push(normalized);
      if (recent.length > catchUpSteps) recent.shift();
      const lines = guard.takeLines();
      if (lines !== undefined) worker.tell({ kind: 'ledger', lines });
      // The next request waits for the worker's look, so it begins before ours.
      worker.send(normalized);
      guard.learn(normalized);
      lossGuard.learn(normalized);
      lastGreen = findGreen(normalized) ?? lastGreen;
      const decisions = policy.step(normalized);
      decided.push(decisions);
      if (judgeModel) for (const verdict of decisions.adviceWanted) worker.tell({ kind: 'advise', verdict });
    },
    readWords: (notes) => {
      for (const note of notes.filter(({ from }) => from === 'user')) {
        streamGuard.readWords(note.text);
        lossGuard.readWords(note.text);
        guard.readConstraints(note);
      }
    },
    takeDecisions: () => decided.splice(0),
    lastGreen: () => lastGreen,
  };
}
