import type { Attributes } from '@opentelemetry/api';
import type { Episode, Reminder, Signal, Verdict } from '../core/types.ts';

/** The attributes of what the observer found, without any words of the conversation. */
export function signalFacts({ class: name, detector, category, step, confidence, evidenceSteps }: Signal): Attributes {
  return {
    ...{ 'wink.class': name, 'wink.detector': detector, 'wink.category': category },
    ...{ 'wink.step': step, 'wink.confidence': confidence, 'wink.evidence_steps': [...evidenceSteps] },
  };
}

export function verdictFacts({ class: name, source, category, atStep, confidence }: Verdict): Attributes {
  return {
    ...{ 'wink.class': name, 'wink.source': source, 'wink.category': category },
    ...{ 'wink.step': atStep, 'wink.confidence': confidence },
  };
}

export function reminderFacts({ class: name, rung, step, episode }: Reminder): Attributes {
  return { 'wink.class': name, 'wink.rung': rung, 'wink.step': step, 'wink.episode': episode };
}

export function episodeFacts({ class: name, id, outcome, interventions }: Episode): Attributes {
  return {
    'wink.class': name,
    'wink.episode': id,
    'wink.outcome': outcome ?? 'open',
    'wink.interventions': interventions,
  };
}
