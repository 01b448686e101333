import type { Note } from '../core/types.ts';
import type { Observer, ObserverOptions } from './observer.ts';
import { type ObserverState, openObserverParts } from './observer-parts.ts';
import type { Decisions } from './policy/decisions.ts';
import { rulesOfLevel } from './review/judge-levels.ts';
import { scoreRun } from './score/score-run.ts';
import { findGreen } from './step/checks/find-green.ts';
import { normalizeStep, wordsInResults } from './step/normalize-step.ts';
import type { NormalizedStep } from './step/normalized-step.ts';
import { followTask } from './task-report/follow-task.ts';
import { createUserControls } from './user-controls.ts';
import { applyWorkerMessage } from './worker/apply-worker-message.ts';
import { isWorthWaiting } from './worth-waiting.ts';

/** Steps that a resumed observer, or a new thread after one was lost, is caught up with. */
const catchUpSteps = 50;
/** Steps that are read for the score: it is asked for at the end of each turn, however long the session. */
const scoredSteps = 400;

/** Wires the main thread's side: steps down to the worker, findings through the policy to reminders. */
export function startObserver(options: ObserverOptions): Observer {
  const { config, trajectory } = options;
  const recent: NormalizedStep[] = [];
  const state: ObserverState = { mode: options.mode, isServerFree: options.mayShareServer !== true, recent };
  const { journal, policy, guard, lossGuard, standing, streamGuard, worker, delivery, checkCall } = openObserverParts(
    options,
    state,
  );
  const followed: Decisions[] = [];
  let isTurnEnd = false;
  const task = followTask(trajectory, options.facts.cwd);
  let lastGreen: ReturnType<typeof findGreen>;
  for (const each of options.instructions ?? []) guard.instruct(each);
  if (state.mode !== 'off') resume();

  /** Steps of a resumed session are context for later findings and are not reminded of again. */
  function resume(): void {
    const { steps } = trajectory;
    for (const step of steps) {
      for (const note of step.notes) guard.readConstraints(note);
      for (const text of wordsInResults(step)) guard.readConstraints({ from: 'user', text, at: step.at });
    }
    const last = steps.at(-1);
    if (last === undefined) return;
    recent.push(...steps.slice(-catchUpSteps).map((step) => normalizeStep(step, steps[step.index - 1])));
    for (const step of recent) {
      guard.learn(step);
      policy.step(step);
    }
    worker.tell({ kind: 'catch-up', steps: recent, knownUntil: last.index });
  }

  /** Reports what the last step decided (after everybody has got the step itself) and takes in what the worker has found. */
  function catchUp(): void {
    for (const decisions of followed.splice(0)) journal.decisions(decisions);
    for (const message of worker.drain()) {
      task.read(message);
      applyWorkerMessage(message, policy, guard, journal);
    }
  }

  function readWords(notes: readonly Note[]): void {
    for (const note of notes.filter(({ from }) => from === 'user')) {
      streamGuard.readWords(note.text);
      lossGuard.readWords(note.text);
      guard.readConstraints(note);
    }
  }

  /** The live answer is not cut while the user wants to hear nothing of chanting. */
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
      readWords(said);
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
      const last = trajectory.steps.length - 1;
      // What a limit has stopped is only the judge's to look at: for the rules the turn goes on.
      const isStopped = (trajectory.steps[last]?.calls.length ?? 0) > 0;
      if (isStopped && options.judgeModel === undefined) return;
      isTurnEnd = true;
      const isReviewed = options.judgeModel !== undefined && rulesOfLevel(config.judge.level).asksAboutTalk;
      if (state.mode === 'off' || last < 0 || !(isReviewed || isWorthWaiting(trajectory.steps))) return;
      worker.warm();
      await worker.settle(last, config.finalWaitSeconds, signal);
    },
    readWords,
    step: (step) => {
      streamGuard.reset();
      isTurnEnd = false;
      if (state.mode === 'off') return;
      const normalized = normalizeStep(step, trajectory.steps[step.index - 1]);
      for (const text of wordsInResults(step)) guard.readConstraints({ from: 'user', text, at: step.at });
      recent.push(normalized);
      if (recent.length > catchUpSteps) recent.shift();
      guard.learn(normalized);
      lossGuard.learn(normalized);
      lastGreen = findGreen(normalized) ?? lastGreen;
      const decisions = policy.step(normalized);
      followed.push(decisions);
      followMutes();
      const lines = guard.takeLines();
      if (lines !== undefined) worker.tell({ kind: 'ledger', lines });
      worker.send(normalized);
      if (options.judgeModel) for (const verdict of decisions.adviceWanted) worker.tell({ kind: 'advise', verdict });
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
    lastGreen: () => lastGreen,
    summary: () =>
      journal.summary({
        mode: state.mode,
        health: state.mode === 'off' ? 'off' : worker.health(),
        stepsObserved: worker.seenCount(),
        episodes: policy.episodes(),
      }),
    score: (outcome) =>
      state.mode === 'off'
        ? undefined
        : scoreRun(
            trajectory.steps.slice(-scoredSteps).map((step) => normalizeStep(step)),
            outcome,
            policy.episodes(),
          ),
    completion: (changedFiles) =>
      state.mode === 'off' || !config.completionReport ? undefined : task.report(journal.timeline(), changedFiles),
    mode: () => state.mode,
    setMode: (next) => {
      state.mode = next;
    },
    timeline: () => ({ ...journal.timeline(), episodes: policy.episodes() }),
    ledger: guard.constraints,
    advice: guard.advice,
    lift: guard.lift,
    addConstraint: guard.add,
    instruct: guard.instruct,
    ...createUserControls(policy, journal, followMutes),
    close: worker.close,
  };
}
