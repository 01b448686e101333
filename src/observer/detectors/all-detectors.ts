import type { Signal } from '../../core/types.ts';
import type { Detector, NormalizedStep, RunFacts } from '../step/normalized-step.ts';
import { createConstraint } from './changes/broken-constraint.ts';
import { createTestTampering } from './changes/test-tampering.ts';
import { type AskedChecks, createUncheckedCommit } from './changes/unchecked-commit.ts';
import { createUserWork } from './changes/user-work.ts';
import type { DetectorSettings } from './detector-settings.ts';
import { createFailingCalls } from './failures/failing-calls.ts';
import { createFailingProgram } from './failures/failing-program.ts';
import { createMissedEdit } from './failures/missed-edit.ts';
import { createUnknownTools } from './failures/unknown-tools.ts';
import { createChant } from './loops/chant.ts';
import { createCycle } from './loops/cycle.ts';
import { createEditUndo } from './loops/edit-undo.ts';
import { createEmptyCalls } from './loops/empty-calls.ts';
import { createMonologue } from './loops/monologue.ts';
import { createPaging } from './loops/paging.ts';
import { createRepeatedCall } from './loops/repeated-call.ts';
import { createRepeatedError } from './loops/repeated-error.ts';
import { createSameResult } from './loops/same-result.ts';
import { createStagnation } from './loops/stagnation.ts';
import { createCompletionClaim } from './turn-end/completion-claim.ts';
import { createGitClaim } from './turn-end/git-claim.ts';
import { createLostGreen } from './turn-end/lost-green.ts';
import { createRedTest } from './turn-end/red-test.ts';
import { createUntouchedPlan } from './turn-end/untouched-plan.ts';
import { createUntouchedTask } from './turn-end/untouched-task.ts';
import { createUnusedExport } from './turn-end/unused-export.ts';
import { createUnverifiedFinish } from './turn-end/unverified-finish.ts';

type Make = (settings: DetectorSettings, facts: RunFacts, asked: AskedChecks) => Detector;

/** Every detector by its name in the configuration. */
const makers: Readonly<Record<keyof DetectorSettings, Make>> = {
  'repeated-call': (settings) => createRepeatedCall(settings['repeated-call']),
  cycle: (settings) => createCycle(settings.cycle),
  stagnation: (settings) => createStagnation(settings.stagnation),
  'same-result': (settings) => createSameResult(settings['same-result']),
  'empty-calls': (settings) => createEmptyCalls(settings['empty-calls']),
  'failing-calls': (settings) => createFailingCalls(settings['failing-calls']),
  'repeated-error': (settings) => createRepeatedError(settings['repeated-error']),
  'unknown-tools': (settings) => createUnknownTools(settings['unknown-tools']),
  monologue: (settings) => createMonologue(settings.monologue),
  paging: (settings) => createPaging(settings.paging),
  'edit-undo': (settings) => createEditUndo(settings['edit-undo']),
  'red-test': (settings) => createRedTest(settings['red-test']),
  'user-work': (_, facts) => createUserWork(facts),
  'test-tampering': (_, facts) => createTestTampering(facts),
  'completion-claim': () => createCompletionClaim(),
  'missed-edit': (settings) => createMissedEdit(settings['missed-edit']),
  'failing-program': (settings) => createFailingProgram(settings['failing-program']),
  'lost-green': (settings) => createLostGreen(settings['lost-green']),
  'untouched-task': () => createUntouchedTask(),
  'untouched-plan': (_, facts) => createUntouchedPlan(facts),
  'unchecked-commit': (_, facts, asked) => createUncheckedCommit(facts, asked),
  'unused-export': (_, facts) => createUnusedExport(facts),
  'git-claim': (_, facts) => createGitClaim(facts),
  'unverified-finish': (_, facts, asked) => createUnverifiedFinish(facts, asked),
  constraint: (_, facts) => createConstraint(facts),
  chant: (settings) => createChant(settings.chant),
};

/** All detectors of a run as one. */
export type DetectorSet = {
  readonly detectors: readonly Detector[];
  /** The signals of a finished step; `isTurnEnd`: the model called nothing and ended its turn. */
  readonly observe: (step: NormalizedStep, isTurnEnd: boolean) => readonly Signal[];
};

/** The enabled detectors, with their settings. */
export function createDetectors(settings: DetectorSettings, facts: RunFacts): DetectorSet {
  const names = Object.keys(makers) as (keyof DetectorSettings)[];
  const asked: AskedChecks = { at: undefined };
  const detectors = names.filter((name) => settings[name].enabled).map((name) => makers[name](settings, facts, asked));
  return {
    detectors,
    observe: (step, isTurnEnd) => {
      const signals: Signal[] = [];
      for (const detector of detectors) {
        const found = detector.feed(step);
        if (found.length > 0) signals.push(...found);
        if (isTurnEnd && detector.finish !== undefined) signals.push(...detector.finish(step));
      }
      return signals;
    },
  };
}
