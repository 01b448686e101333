import { kindOfCommand } from '../../shell/classify-command.ts';
import { makeSignal } from '../../signal.ts';
import { checkOutcomeOf } from '../../step/checks/check-outcome.ts';
import { featuresOf } from '../../step/features.ts';
import { fileReplacementsOf } from '../../step/files/edit-texts.ts';
import type { Detector, NormalizedCall } from '../../step/normalized-step.ts';
import type { DetectorSettings } from '../detector-settings.ts';

/** The check itself, without what only shortens its output. */
function checkNameOf(call: NormalizedCall): string {
  const { commands } = featuresOf(call);
  const check =
    commands.find((command) => kindOfCommand(command) === 'test') ?? commands.find(({ words }) => words[0] !== 'cd');
  return check?.words.join(' ') ?? call.name;
}

/**
 * Tests that were green and stay red through `times` runs, each after another change of code: the state that worked is being overwritten (60
 * to 69 % of failed runs edited the right functions, and a checkpoint saved each patch that was thrown away, arXiv 2603.24631). A new test
 * that was written red, another check, a run that did not compile, and the words of the user start anew. Only for the judge.
 */
export function createLostGreen(settings: DetectorSettings['lost-green']): Detector {
  let green: { readonly step: number; readonly check: string } | undefined;
  let reds: number[] = [];
  let hasChanged = false;
  let hasFired = false;

  const restart = (next: typeof green) => {
    green = next;
    reds = [];
    hasChanged = false;
    hasFired = false;
  };

  const observe = (call: NormalizedCall, step: number) => {
    const { path, isChange } = featuresOf(call);
    if (isChange && (call.act === 'edit' || call.act === 'write')) {
      const files = path === undefined ? fileReplacementsOf(call).map((edit) => edit.path) : [path];
      if (files.some((file) => /test|spec/i.test(file))) restart(undefined);
      else if (green !== undefined) hasChanged = true;
    }
    const outcome = checkOutcomeOf(call);
    if (outcome === undefined || !outcome.isTest || outcome.verdict === 'unknown') return [];
    const check = checkNameOf(call);
    if (outcome.verdict === 'green') restart({ step, check });
    else if (green !== undefined && green.check === check && hasChanged && !outcome.isBroken) {
      reds.push(step);
      hasChanged = false;
      if (reds.length >= settings.times && !hasFired) {
        hasFired = true;
        return [describe(step, green.step, reds)];
      }
    }
    return [];
  };

  return {
    name: 'lost-green',
    feed: (step) => {
      if (step.userTexts.length > 0) restart(undefined);
      return step.calls.flatMap((call) => observe(call, step.index));
    },
  };
}

function describe(step: number, green: number, reds: readonly number[]) {
  return makeSignal({
    detector: 'lost-green',
    class: 'wrong-premise',
    step,
    confidence: 0.6,
    evidenceSteps: [green, ...reds].slice(-6),
    evidence: `the same tests were green ${step - green} steps ago and red in ${reds.length} runs since, each after another change`,
    streak: green,
  });
}
