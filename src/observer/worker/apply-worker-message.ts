import type { Guard } from '../guards/constraint-guard.ts';
import type { Journal } from '../journal.ts';
import type { Policy } from '../policy/policy.ts';
import type { FromWorker } from './protocol.ts';

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
