import type { Observer, ObserverOptions } from './observer.ts';
import { type ObserverState, openObserverParts } from './observer-parts.ts';
import { rulesOfLevel } from './review/judge-levels.ts';
import { createRunReports } from './run-reports.ts';
import { createStepIntake } from './take-steps.ts';
import { followTask } from './task-report/follow-task.ts';
import { createUserControls } from './user-controls.ts';
import { applyWorkerMessage } from './worker/apply-worker-message.ts';
import { isWorthWaiting, showsWork } from './worth-waiting.ts';

/** Wires the main thread's side: steps down to the worker, findings through the policy to reminders. */
export function startObserver(options: ObserverOptions): Observer {
  const { trajectory } = options;
  const state: ObserverState = { mode: options.mode, isServerFree: options.mayShareServer !== true, recent: [] };
  const parts = openObserverParts(options, state);
  const { journal, policy, guard, standing, streamGuard, worker, delivery, checkCall } = parts;
  const steps = createStepIntake(options, parts, state);
  const task = followTask(trajectory, options.facts.cwd);
  let isTurnEnd = false;
  for (const each of options.instructions ?? []) guard.instruct(each);
  if (state.mode !== 'off') steps.resume();

  /** Reports what the last step decided (after everybody has got the step itself) and takes in what the worker has found. */
  function catchUp(): void {
    for (const decisions of steps.takeDecisions()) journal.decisions(decisions);
    for (const message of worker.drain()) {
      task.read(message);
      applyWorkerMessage(message, policy, guard, journal);
    }
  }

  /** The live answer is not cut while the user has muted chanting. */
  function followMutes(): void {
    streamGuard.setEnabled(!policy.isPaused('infinite-loop', 'chant'));
  }

  return {
    awaitSeen: async () => {
      if (state.mode !== 'off') await worker.awaitSeen();
    },
    drain: (said) => {
      const wasTurnEnd = isTurnEnd;
      isTurnEnd = false;
      steps.readWords(said);
      if (state.mode === 'off') return { notes: [] };
      // The first request goes out first; the worker then starts while the model thinks.
      worker.warmSoon();
      catchUp();
      return delivery.deliver(said, trajectory.steps.length, wasTurnEnd, state.mode === 'on');
    },
    guard: (checked, step) => {
      if (state.mode === 'off') return undefined;
      worker.warm();
      return checkCall(checked, step, state.mode === 'on');
    },
    watchStream: (delta) => state.mode === 'on' && streamGuard.push(delta),
    settle: async (signal) => {
      // What a limit has stopped is only the judge's to look at: for the rules the turn goes on.
      const isStopped = (trajectory.steps.at(-1)?.calls.length ?? 0) > 0;
      if (isStopped && options.judgeModel === undefined) return;
      isTurnEnd = true;
      if (state.mode === 'off' || !isLookWorthWaiting(options, state)) return;
      worker.warm();
      await worker.settle(trajectory.steps.length - 1, options.config.finalWaitSeconds, signal);
    },
    readWords: steps.readWords,
    step: (step) => {
      streamGuard.reset();
      isTurnEnd = false;
      if (state.mode === 'off') return;
      steps.take(step);
      followMutes();
    },
    compacted: () => {
      standing.said();
      if (state.mode !== 'off') worker.tell({ kind: 'compacted' });
    },
    setServerFree: (isFree) => {
      if (isFree === state.isServerFree) return;
      state.isServerFree = isFree;
      worker.tellIfRunning({ kind: 'server', isFree });
    },
    dirtyFilesKnown: () => worker.tellIfRunning({ kind: 'dirty-files', paths: options.facts.dirtyFiles }),
    interrupted: () => journal.decisions(policy.interrupted()),
    finish: (outcome) => {
      isTurnEnd = false;
      catchUp();
      journal.decisions(policy.finish(outcome));
    },
    lastGreen: steps.lastGreen,
    ...createRunReports(options, parts, state, task),
    mode: () => state.mode,
    setMode: (next) => {
      state.mode = next;
    },
    ledger: guard.constraints,
    advice: guard.advice,
    lift: guard.lift,
    addConstraint: guard.add,
    instruct: guard.instruct,
    ...createUserControls(policy, journal, followMutes),
    close: worker.close,
  };
}

/** The end of a turn waits for the worker where a judge reviews the talk or the rules may have something to say. */
function isLookWorthWaiting({ trajectory, judgeModel, config }: ObserverOptions, { recent }: ObserverState): boolean {
  if (trajectory.steps.length === 0) return false;
  const isReviewed = judgeModel !== undefined && rulesOfLevel(config.judge.level).asksAboutTalk;
  return isReviewed || isWorthWaiting(trajectory.steps, showsWork(recent));
}
