import type { Step } from '../../core/types.ts';
import type { Guard } from '../guard.ts';
import type { Journal } from '../journal.ts';
import type { Policy } from '../policy/policy.ts';
import { normalizeStep, wordsInResults } from '../step/normalize-step.ts';
import type { FromWorker } from './protocol.ts';
import type { WorkerClient } from './worker-client.ts';

/** What a message of the worker changes on the main thread. */
export function applyWorkerMessage(message: FromWorker, policy: Policy, guard: Guard, journal: Journal): void {
  switch (message.kind) {
    case 'signal':
      journal.signal(message.signal);
      journal.decisions(policy.signal(message.signal));
      break;
    case 'verdict':
      journal.decisions(policy.verdict(message.verdict));
      break;
    case 'no-verdict': {
      const { class: className, detector, step, reason } = message;
      journal.suppressed({ class: className, ...(detector !== undefined && { detector }), step, reason });
      break;
    }
    case 'advice':
      policy.advice(message.key, message.advice);
      break;
    case 'constraint':
      guard.addRestated(message.quote, message.restated);
      break;
    case 'asking':
      journal.asking(message.estimate);
      break;
    case 'spent':
      journal.spent(message.spent);
      break;
    case 'seen':
    case 'reviewing':
    case 'settled':
      break;
    default:
      message satisfies never;
  }
}

/** Steps of a resumed session are context for later findings and are not reminded of again. */
export function resumeObserver(worker: WorkerClient, policy: Policy, guard: Guard, steps: readonly Step[]): void {
  for (const step of steps) {
    for (const note of step.notes) guard.readConstraints(note);
    for (const text of wordsInResults(step)) guard.readConstraints({ from: 'user', text, at: step.at });
  }
  const recent = steps.slice(-50);
  const last = recent.at(-1);
  if (last === undefined) return;
  for (const step of recent.map((each, at) => normalizeStep(each, recent[at - 1]))) {
    guard.learn(step);
    policy.step(step);
  }
  worker.tell({ kind: 'catch-up', steps: recent, knownUntil: last.index });
}
