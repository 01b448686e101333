import { contentOf, targetsOf } from '../ledger/call-targets.ts';
import type { Breach } from '../ledger/constraint.ts';
import { createLedger } from '../ledger/ledger.ts';
import type { Detector, ObservedCall, RunFacts } from '../observed.ts';
import { makeSignal } from './signal.ts';

/**
 * A call that breaks an explicit constraint of the user's, checked in code against the ledger (observer lesson 12).
 * Live, the same ledger refuses the call before it acts; such a refused call is not counted again here. One signal for
 * each constraint, and again only when another file or command breaks it. Constraints against new files are noted with
 * less confidence: what was meant by them is seldom as strict as the words.
 */
export function createConstraint(facts: RunFacts): Detector {
  const ledger = createLedger(facts.cwd);
  const told = new Set<string>();
  ledger.hear(facts.task, 'user');

  const check = (call: ObservedCall, step: number) => {
    const targets = targetsOf(call);
    const isRefused = call.errorKind === 'blocked' || call.errorKind === 'denied';
    const breaches = isRefused ? [] : ledger.check(targets).filter((breach) => isNew(breach, told));
    if (!isRefused) ledger.learn(targets, contentOf(call), call.output, call.isError);
    return breaches.map((breach) => describe(breach, step));
  };

  return {
    name: 'constraint',
    feed: (step) => {
      for (const text of step.userTexts) if (text !== facts.task) ledger.hear(text, 'user');
      if (ledger.constraints().length === 0) return [];
      return step.calls.flatMap((call) => check(call, step.index));
    },
  };
}

function isNew({ constraint, what }: Breach, told: Set<string>): boolean {
  const key = `${constraint.id} ${what}`;
  if (told.has(key) || told.size > 200) return false;
  told.add(key);
  return true;
}

function describe({ constraint, what }: Breach, step: number) {
  return makeSignal({
    detector: 'constraint',
    class: 'did-not-follow-instructions',
    step,
    confidence: constraint.rule.type === 'no-new-files' ? 0.6 : 0.95,
    evidenceSteps: [step],
    evidence: `"${constraint.quote}" was said, and this touches ${what.slice(0, 120)}`,
    streak: `${constraint.id}:${what.slice(0, 120)}`,
  });
}
