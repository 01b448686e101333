import type { Target } from '../../../core/tool.ts';
import { nameSource } from '../../guards/constraint-guard.ts';
import { contentOf, targetsOf } from '../../ledger/check/call-targets.ts';
import { type Breach, isVague } from '../../ledger/constraint.ts';
import { createLedger } from '../../ledger/ledger.ts';
import { makeSignal } from '../../signal.ts';
import { replacementsOf } from '../../step/files/edit-texts.ts';
import type { Detector, NormalizedCall, RunFacts } from '../../step/normalized-step.ts';

/**
 * A call that breaks an explicit constraint of the user's or of standing instructions, checked in code against the ledger
 * (observer lesson 12). For replays; live, the same ledger checks the call before it acts, and a call that it refused then is
 * found here, too: it was tried. One the user declined is not. A signal for
 * each try; those of one constraint and one file or command have the same key, and only the first of them is a new finding. Constraints against new files are noted with
 * less confidence: what was meant by them is seldom as strict as the words.
 */
export function createConstraint(facts: RunFacts): Detector {
  const ledger = createLedger(facts.cwd);
  for (const { text, source } of facts.instructions ?? []) ledger.readConstraints(text, source);
  ledger.readConstraints(facts.task, 'user');

  const check = (call: NormalizedCall, step: number) => {
    const targets = targetsOf(call);
    if (isOfExisting(call)) ledger.learn(asRead(targets), '', '', false);
    const isRefused = call.errorKind === 'blocked' || call.errorKind === 'denied';
    const breaches = call.errorKind === 'denied' ? [] : ledger.check(targets);
    if (!isRefused) ledger.learn(targets, contentOf(call), call.output, call.isError);
    return breaches.map((breach) => describe(breach, step, call.errorKind === 'blocked'));
  };

  return {
    name: 'constraint',
    feed: (step) => {
      for (const text of step.userTexts) if (text !== facts.task) ledger.readConstraints(text, 'user');
      if (ledger.constraints().length === 0) return [];
      return step.calls.flatMap((call) => check(call, step.index));
    },
  };
}

/** A text can only be replaced in a file that is there, even if nothing in the run has named it before. */
function isOfExisting(call: NormalizedCall): boolean {
  const isTried = !call.isError || call.errorKind === 'blocked';
  return call.act === 'edit' && isTried && replacementsOf(call).some(({ before }) => before !== '');
}

function asRead(targets: readonly Target[]): Target[] {
  return targets.flatMap((target) => (target.kind === 'path' ? [{ ...target, access: 'read' as const }] : []));
}

function describe({ constraint, what }: Breach, step: number, isRefused: boolean) {
  return makeSignal({
    detector: 'constraint',
    class: 'did-not-follow-instructions',
    step,
    confidence: isVague(constraint.rule) ? 0.6 : constraint.source === 'user' ? 0.95 : 0.8,
    evidenceSteps: [step],
    ...(isRefused && { isRefused }),
    evidence: `${nameSource(constraint.source)} “${constraint.quote}”, and this touches ${what.slice(0, 120)}`,
    streak: `${constraint.id}:${what.slice(0, 120)}`,
  });
}
