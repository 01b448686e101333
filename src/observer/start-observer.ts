import type { Note } from '../core/types.ts';
import { createCallCheck } from './check-call.ts';
import { followTask } from './completion/follow-task.ts';
import { createDelivery } from './delivery.ts';
import { createGuard } from './guard.ts';
import { createJournal } from './journal.ts';
import { createLossGuard } from './loss-guard.ts';
import type { Observer, ObserverOptions } from './observer.ts';
import type { Decisions } from './policy/decisions.ts';
import { createPolicy } from './policy/policy.ts';
import { rulesOfLevel } from './review/levels.ts';
import { scoreRun } from './score.ts';
import { createStandingWords } from './standing-words.ts';
import { findGreen } from './step/find-green.ts';
import { normalizeStep, wordsInResults } from './step/normalize-step.ts';
import type { NormalizedStep } from './step/normalized-step.ts';
import { createStreamGuard } from './stream-guard.ts';
import { builtInClasses } from './taxonomy.ts';
import { mayShowAnything } from './turn-end-need.ts';
import { applyWorkerMessage } from './worker/apply-worker-message.ts';
import { createWorkerClient } from './worker/worker-client.ts';

/** Steps that a resumed observer, or a new thread after one was lost, is caught up with. */
const catchUpSteps = 50;
/** Steps that are read for the score: it is asked for at the end of each turn, however long the session. */
const scoredSteps = 400;

/** Wires the main thread's side: steps down to the worker, findings through the policy to reminders. */
export function startObserver(options: ObserverOptions): Observer {
  const { config, emit, facts, onAskUser, trajectory } = options;
  let mode = options.mode;
  const followed: Decisions[] = [];
  const recent: NormalizedStep[] = [];
  let isTurnEnd = false;
  let isServerFree = options.mayShareServer !== true;
  const classes = options.classes ?? builtInClasses;
  const journal = createJournal(emit);
  const policy = createPolicy({
    config,
    mode: () => (mode === 'on' ? 'on' : 'shadow'),
    hasJudge: options.judgeModel !== undefined,
    resumedAt: trajectory.steps.length,
    canAsk: options.canAsk ?? onAskUser !== undefined,
    ...(options.whySilent && { whySilent: options.whySilent }),
    holdOut: { share: options.holdback ?? 0, seed: trajectory.session },
  });
  const guard = createGuard(facts, config.instructionFiles);
  const lossGuard = createLossGuard(facts);
  const task = followTask(trajectory, facts.cwd);
  let lastGreen: ReturnType<typeof findGreen>;
  const standing = createStandingWords(() => guard.prohibitions());
  const streamGuard = createStreamGuard(config.detectors);
  const worker = (options.createClient ?? createWorkerClient)({
    settings: () => ({
      config,
      facts: { ...facts, instructions: options.instructions ?? [] },
      classes,
      ledger: guard.lines(),
      findings: journal.timeline().signals.filter(({ detector }) => detector === 'constraint'),
      isServerFree,
      spent: journal.totals(),
      ...(options.judgeModel && { judgeModel: options.judgeModel }),
    }),
    recentSteps: () => recent,
    knownUntil: trajectory.steps.at(-1)?.index ?? -1,
    onLost: (reason, restarted) => emit({ type: 'observer.lost', reason, restarted }),
    ...(options.workerFile !== undefined && { workerFile: options.workerFile }),
    ...(options.hungAfterSeconds !== undefined && { hungAfterSeconds: options.hungAfterSeconds }),
  });
  const delivery = createDelivery({
    policy,
    journal,
    standing,
    onReminder: ({ class: name, step }) => worker.tell({ kind: 'reminded', class: name, step }),
    onAskUser,
  });
  const checkCall = createCallCheck({
    config,
    guard,
    lossGuard,
    policy,
    journal,
    onFinding: (finding) => worker.tell({ kind: 'finding', finding }),
  });
  for (const each of options.instructions ?? []) guard.instruct(each);
  if (mode !== 'off') resume();

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
      if (mode !== 'off') await worker.awaitSeen();
    },
    drain: (said) => {
      const wasTurnEnd = isTurnEnd;
      isTurnEnd = false;
      readWords(said);
      if (mode === 'off') return { notes: [] };
      // The first request goes out first; the worker then starts while the model thinks.
      worker.warmSoon();
      catchUp();
      return delivery.deliver(said, trajectory.steps.length, wasTurnEnd, mode === 'on');
    },
    guard: (checked, step) => {
      if (mode === 'off') return undefined;
      worker.warm();
      return checkCall(checked, step, mode === 'on');
    },
    watchStream: (delta) => mode === 'on' && streamGuard.push(delta),
    settle: async (signal) => {
      const last = trajectory.steps.length - 1;
      // What a limit has stopped is only the judge's to look at: for the rules the turn goes on.
      const isStopped = (trajectory.steps[last]?.calls.length ?? 0) > 0;
      if (isStopped && options.judgeModel === undefined) return;
      isTurnEnd = true;
      const isReviewed = options.judgeModel !== undefined && rulesOfLevel(config.judge.level).asksAboutTalk;
      if (mode === 'off' || last < 0 || !(isReviewed || mayShowAnything(trajectory.steps))) return;
      worker.warm();
      await worker.settle(last, config.finalWaitSeconds, signal);
    },
    readWords,
    step: (step) => {
      streamGuard.reset();
      isTurnEnd = false;
      if (mode === 'off') return;
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
      if (mode !== 'off') worker.tell({ kind: 'compacted' });
    },
    setServerFree: (isFree) => {
      if (isFree === isServerFree) return;
      isServerFree = isFree;
      worker.tellIfRunning({ kind: 'server', isFree });
    },
    interrupted: () => journal.decisions(policy.interrupted()),
    finish: (outcome) => {
      isTurnEnd = false;
      catchUp();
      journal.decisions(policy.finish(outcome));
    },
    lastGreen: () => lastGreen,
    summary: () =>
      journal.summary({
        mode,
        health: mode === 'off' ? 'off' : worker.health(),
        stepsObserved: worker.seenCount(),
        episodes: policy.episodes(),
      }),
    score: (outcome) =>
      mode === 'off'
        ? undefined
        : scoreRun(
            trajectory.steps.slice(-scoredSteps).map((step) => normalizeStep(step)),
            outcome,
            policy.episodes(),
          ),
    completion: (changedFiles) =>
      mode === 'off' || !config.completionReport ? undefined : task.report(journal.timeline(), changedFiles),
    mode: () => mode,
    setMode: (next) => {
      mode = next;
    },
    timeline: () => ({ ...journal.timeline(), episodes: policy.episodes() }),
    ledger: guard.constraints,
    advice: guard.advice,
    lift: guard.lift,
    addConstraint: guard.add,
    instruct: guard.instruct,
    mute: (name) => {
      journal.decisions(policy.mute(name));
      followMutes();
    },
    allowMore: (name, steps) => {
      journal.decisions(policy.allowMore(name, steps));
      followMutes();
    },
    markWrong: (id) => {
      const reminder = journal.timeline().reminders.findLast((each) => id === undefined || each.id === id);
      if (reminder !== undefined) journal.decisions(policy.markWrong(reminder.episode));
      return reminder;
    },
    watchAgain: (name) => {
      policy.watchAgain(name);
      followMutes();
    },
    close: worker.close,
  };
}
