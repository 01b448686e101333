import { programWords } from '../../shell/program-words.ts';
import { makeSignal } from '../../signal.ts';
import { checkOutcomeOf } from '../../step/checks/check-outcome.ts';
import { featuresOf } from '../../step/features.ts';
import type { Detector, NormalizedCall } from '../../step/normalized-step.ts';
import { createStepProgress } from '../../step/step-progress.ts';
import type { DetectorSettings } from '../detector-settings.ts';

type Failed = { readonly round: number; readonly step: number; readonly program: string };

/** Programs whose failing says something about what they are run on, not about how they are called. */
const running =
  /^(?:python[\d.]*|node|ruby|perl|php|bash|sh|zsh|deno|bun|npx|npm|pnpm|yarn|make|just|mise|cargo|go|mvn|gradle|java|dotnet|tsc|gcc|clang|docker|cmake|ninja|bazel|uv|poetry|cd|test|grep|rg|diff|cmp|find|ls|cat|sed|curl|wget|ssh|ping|timeout|pip3?|conda|mamba|apt|apt-get|apk|dnf|yum|pacman|brew|gem|bundle|composer)$/;
/** What is given is wrong, not how. */
const wrongPassword =
  /\b(?:wrong|incorrect|invalid|bad) pass(?:word|phrase)|\bpass(?:word|phrase) (?:is )?(?:incorrect|wrong)|\bbad decrypt\b/i;

/**
 * One program and verb (`gh api`, `kubectl get`) that fails `times` times within `window` rounds, however it is called, and nothing was changed
 * in between: the way it is called is being guessed. Checks, runs of the code that is worked on, and calls that never ran are left alone.
 */
export function createFailingProgram(settings: DetectorSettings['failing-program']): Detector {
  const hasProgress = createStepProgress();
  let failed: Failed[] = [];
  let firedFor = '';
  let round = 0;

  return {
    name: 'failing-program',
    feed: (step) => {
      if (step.calls.length === 0) return [];
      if (hasProgress(step)) failed = [];
      round += 1;
      const program = step.calls.map(failingProgram).find((name) => name !== undefined);
      const isWaiting = failed.length > 0 || firedFor !== '';
      const works = isWaiting ? step.calls.filter((call) => !call.isError).map(programOf) : [];
      failed = failed.filter((one) => round - one.round < settings.window && !works.includes(one.program));
      if (works.includes(firedFor)) firedFor = '';
      if (program === undefined) return [];
      failed.push({ round, step: step.index, program });
      const same = failed.filter((one) => one.program === program);
      if (same.length < settings.times || firedFor === program) return [];
      firedFor = program;
      return [describe(program, same, step.index)];
    },
  };
}

function failingProgram(call: NormalizedCall): string | undefined {
  const { failure } = featuresOf(call);
  if (!call.isError || failure === undefined || checkOutcomeOf(call) !== undefined) return undefined;
  if (wrongPassword.test(call.output.slice(0, 4000))) return undefined;
  return programOf(call);
}

/** The program and its verb of a line's last command; undefined for those whose failing is a finding. */
function programOf(call: NormalizedCall): string | undefined {
  const { commands } = featuresOf(call);
  for (const { words } of commands.toReversed()) {
    const plain = programWords(words);
    const program = plain[0]?.replace(/^.*\//, '') ?? '';
    if (program === '' || /^[./]/.test(plain[0]!) || running.test(program)) continue;
    const verb = plain[1];
    return verb !== undefined && /^[a-z][\w-]*$/.test(verb) ? `${program} ${verb}` : undefined;
  }
  return undefined;
}

function describe(program: string, failed: readonly Failed[], step: number) {
  return makeSignal({
    detector: 'failing-program',
    class: 'tool-call-failure',
    step,
    confidence: 0.75,
    evidenceSteps: failed.map((one) => one.step),
    evidence: `\`${program}\` failed ${failed.length} times in a row, called in different ways`,
    streak: `${program}:${failed[0]!.step}`,
  });
}
