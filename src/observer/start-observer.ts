import type { Inbox, Refusal } from '../core/observer-port.ts';
import type { Target } from '../core/tool.ts';
import type { Note, Reminder, ToolCall } from '../core/types.ts';
import { followTask } from './completion/follow-task.ts';
import { createGuard } from './guard.ts';
import { inboxOf, questionOf } from './inbox.ts';
import { createJournal } from './journal.ts';
import { createLossGuard } from './loss-guard.ts';
import type { Observer, ObserverOptions } from './observer.ts';
import type { Decisions } from './policy/decisions.ts';
import { createPolicy } from './policy/policy.ts';
import { scoreRun } from './score.ts';
import { createStandingWords } from './standing-words.ts';
import { checkOutcomeOf } from './step/check-outcome.ts';
import { featuresOf } from './step/features.ts';
import { normalizeStep, wordsInResults } from './step/normalize-step.ts';
import { withoutPictures } from './step/without-pictures.ts';
import { createStreamGuard } from './stream-guard.ts';
import { builtInClasses } from './taxonomy.ts';
import { applyWorkerMessage, resumeObserver } from './worker/apply-worker-message.ts';
import { createWorkerClient } from './worker/worker-client.ts';

/** Steps that are read for the score: it is asked for at the end of each turn, however long the session. */
const scoredSteps = 400;

/** Wires the main thread's side: notes in one inbox, steps down to the worker, findings through the policy to reminders. */
export function startObserver(options: ObserverOptions): Observer {
  const { config, emit, facts, onAskUser, trajectory } = options;
  let mode = options.mode;
  let notes: Note[] = [];
  const followed: Decisions[] = [];
  /** Words of the way back that wait for the user's answer, which may make them needless. */
  let held: Reminder[] = [];
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
  let lastGreen: { readonly step: number; readonly check: string } | undefined;
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
    steps: () => trajectory.steps,
    knownUntil: trajectory.steps.at(-1)?.index ?? -1,
    onLost: (reason, restarted) => emit({ type: 'observer.lost', reason, restarted }),
    ...(options.workerFile !== undefined && { workerFile: options.workerFile }),
    ...(options.hungAfterSeconds !== undefined && { hungAfterSeconds: options.hungAfterSeconds }),
  });
  for (const each of options.instructions ?? []) guard.instruct(each);
  if (mode !== 'off') resumeObserver(worker, policy, guard, trajectory.steps);

  /** Tells what the last step decided (after everybody has heard of the step itself) and takes in what the worker has found. */
  function catchUp(): void {
    for (const decisions of followed.splice(0)) journal.decisions(decisions);
    for (const message of worker.drain()) {
      task.hear(message);
      applyWorkerMessage(message, policy, guard, journal);
    }
  }

  /** What was held for the user's answer: it is said unless they wanted the agent to go on, or spoke to it themselves. */
  function takeHeld(): readonly Reminder[] {
    const isNeedless = ({ class: name, detector }: Reminder): boolean => policy.isPaused(name, detector ?? '');
    for (const { class: name, detector, step } of held.filter(isNeedless))
      journal.suppressed({ class: name, ...(detector && { detector }), step, reason: 'the user answered instead' });
    const due = held.filter((reminder) => !isNeedless(reminder));
    held = [];
    return due;
  }

  function drain(): Inbox {
    const queued = notes;
    notes = [];
    const wasTurnEnd = isTurnEnd;
    isTurnEnd = false;
    if (mode === 'off') return { notes: queued };
    // The first request goes out first; the worker then starts while the model thinks.
    setImmediate(worker.warm);
    catchUp();
    const due = takeHeld();
    const decisions = policy.deliver(trajectory.steps.length, wasTurnEnd);
    if (onAskUser !== undefined)
      held = decisions.reminders.filter(({ mode: spoken, rung }) => spoken === 'on' && rung === 'way-back');
    const reminders = [...due, ...decisions.reminders.filter((reminder) => !held.includes(reminder))];
    journal.decisions({ ...decisions, reminders });
    for (const { class: name, step } of reminders) worker.tell({ kind: 'spoken', class: name, step });
    const said = reminders.filter((reminder) => reminder.mode === 'on');
    const answers = onAskUser === undefined ? [] : held.map((reminder) => onAskUser(questionOf(reminder)));
    const again = mode === 'on' ? standing.take(queued, trajectory.steps.length) : undefined;
    return inboxOf(said, again === undefined ? queued : [again, ...queued], decisions.stop, answers);
  }

  /** The live answer is not cut while the user wants to hear nothing of chanting. */
  function followWishes(): void {
    streamGuard.setEnabled(!policy.isPaused('infinite-loop', 'chant'));
  }

  /** Checks a call against the ledger; in shadow a breach is only noted. */
  function judgeCall(call: ToolCall, targets: readonly Target[], step: number): Refusal | undefined {
    const finding = guard.check(targets, step);
    guard.expect(call, targets);
    if (finding === undefined || config.detectors.constraint?.enabled === false) return undefined;
    const isRefused = finding.isFirm && mode === 'on';
    if (finding.isAgain) policy.seenAgain(finding.signal);
    else {
      const signal = isRefused ? { ...finding.signal, isRefused } : finding.signal;
      journal.signal(signal);
      journal.decisions(policy.signal(signal));
      const evidence = `${finding.signal.evidence}${isRefused ? ' (the call was refused)' : ''}`;
      worker.tell({ kind: 'finding', finding: { ...finding.signal, evidence } });
    }
    return isRefused ? finding.refusal : undefined;
  }

  /** Keeps what can't be brought back from being thrown away; in shadow it is only noted. */
  function judgeLoss(targets: readonly Target[], step: number): Refusal | undefined {
    if (config.detectors['user-work']?.enabled === false || policy.isPaused('unrequested-changes', 'user-work'))
      return undefined;
    const finding = lossGuard.check(targets, step);
    if (finding === undefined) return undefined;
    journal.signal(finding.signal);
    worker.tell({ kind: 'finding', finding: finding.signal });
    return mode === 'on' ? { output: finding.output } : undefined;
  }

  return {
    awaitSeen: async () => {
      if (mode !== 'off') await worker.awaitSeen();
    },
    drain,
    guard: ({ call, prepared: { targets } }, step) => {
      if (mode === 'off') return undefined;
      worker.warm();
      const refusal = judgeCall(call, targets, step) ?? judgeLoss(targets, step);
      if (refusal !== undefined || mode === 'shadow') return refusal;
      const output = policy.refuse(call);
      return output === undefined ? undefined : { output };
    },
    watchStream: (delta) => {
      if (mode !== 'off') worker.warm();
      return mode === 'on' && streamGuard.push(delta);
    },
    settle: async (signal) => {
      const last = trajectory.steps.length - 1;
      // What a limit has stopped is only the judge's to look at: for the rules the turn goes on.
      const isStopped = (trajectory.steps[last]?.calls.length ?? 0) > 0;
      if (isStopped && options.judgeModel === undefined) return;
      isTurnEnd = true;
      if (mode !== 'off' && last >= 0) await worker.settle(last, config.finalWaitSeconds, signal);
    },
    readConstraints: (note) => {
      if (note.from === 'user') streamGuard.hear(note.text);
      guard.readConstraints(note);
      lossGuard.hear(note);
    },
    say: (note) => {
      notes.push(note);
      guard.readConstraints(note);
      lossGuard.hear(note);
    },
    step: (step) => {
      streamGuard.reset();
      isTurnEnd = false;
      if (mode === 'off') return;
      for (const note of step.notes) guard.readConstraints(note);
      for (const text of wordsInResults(step)) guard.readConstraints({ from: 'user', text, at: step.at });
      const observed = normalizeStep(step, trajectory.steps[step.index - 1]);
      guard.learn(observed);
      lossGuard.learn(observed);
      for (const call of observed.calls) {
        const outcome = checkOutcomeOf(call);
        if (outcome?.isTest && outcome.verdict === 'green')
          lastGreen = { step: observed.index, check: featuresOf(call).command?.slice(0, 80) ?? call.name };
      }
      const decisions = policy.step(observed);
      followed.push(decisions);
      followWishes();
      const lines = guard.takeLines();
      if (lines !== undefined) worker.tell({ kind: 'ledger', lines });
      worker.send(withoutPictures(step));
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
    health: () => (mode === 'off' ? 'off' : worker.health()),
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
      followWishes();
    },
    allowMore: (name, steps) => {
      journal.decisions(policy.allowMore(name, steps));
      followWishes();
    },
    markWrong: (id) => {
      const reminder = journal.timeline().reminders.findLast((each) => id === undefined || each.id === id);
      if (reminder !== undefined) journal.decisions(policy.markWrong(reminder.episode));
      return reminder;
    },
    watchAgain: (name) => {
      policy.watchAgain(name);
      followWishes();
    },
    close: worker.close,
  };
}
