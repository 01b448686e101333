import type { ObserverMode } from '../core/types.ts';
import { builtInClasses } from './classes/taxonomy.ts';
import { createDelivery } from './delivery.ts';
import { detectorsSchema } from './detectors/detector-settings.ts';
import { createCallCheck } from './guards/check-call.ts';
import { createGuard } from './guards/constraint-guard.ts';
import { createLossGuard } from './guards/loss-guard.ts';
import { createStreamGuard } from './guards/stream-guard.ts';
import { createJournal } from './journal.ts';
import type { ObserverOptions } from './observer.ts';
import { createPolicy } from './policy/policy.ts';
import { createStandingWords } from './standing-words.ts';
import type { NormalizedStep } from './step/normalized-step.ts';
import { createWorkerClient } from './worker/worker-client.ts';

/** What changes in the course of a session and several parts ask for. */
export type ObserverState = {
  mode: ObserverMode;
  /** Whether the judge may ask now, where it shares a server with the agent. */
  isServerFree: boolean;
  /** The last steps, to catch a new thread up. */
  readonly recent: NormalizedStep[];
};

export type ObserverParts = ReturnType<typeof openObserverParts>;

/** The parts of the main thread's side, each wired to those that it needs. No thread is started yet. */
export function openObserverParts(options: ObserverOptions, state: ObserverState) {
  const { config, emit, facts, onAskUser, trajectory } = options;
  const journal = createJournal(emit);
  const policy = createPolicy({
    config,
    mode: () => (state.mode === 'on' ? 'on' : 'shadow'),
    hasJudge: options.judgeModel !== undefined,
    resumedAt: trajectory.steps.length,
    canAsk: options.canAsk ?? onAskUser !== undefined,
    ...(options.whySilent && { whySilent: options.whySilent }),
    holdOut: { share: options.holdback ?? 0, seed: trajectory.session },
  });
  const guard = createGuard(facts, config.instructionFiles);
  const lossGuard = createLossGuard(facts);
  const standing = createStandingWords(() => guard.prohibitions());
  const streamGuard = createStreamGuard(config.detectors);
  const worker = (options.createClient ?? createWorkerClient)({
    settings: () => ({
      config,
      detectors: detectorsSchema.parse(config.detectors),
      facts: { ...facts, instructions: options.instructions ?? [] },
      classes: options.classes ?? builtInClasses,
      ledger: guard.lines(),
      findings: journal.timeline().signals.filter(({ detector }) => detector === 'constraint'),
      isServerFree: state.isServerFree,
      spent: journal.totals(),
      ...(options.judgeModel && { judgeModel: options.judgeModel }),
    }),
    recentSteps: () => state.recent,
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
  return { journal, policy, guard, lossGuard, standing, streamGuard, worker, delivery, checkCall };
}
