import { lastSteps, makeSignal } from '../../signal.ts';
import { featuresOf } from '../../step/features.ts';
import type { Detector } from '../../step/normalized-step.ts';
import type { DetectorSettings } from '../detector-settings.ts';

/**
 * Tools that do not exist, under varying names: each call is another one, so nothing repeats, and still the agent does
 * not look at its list of tools (observer lesson 3). Fires at `times` such calls within `window` rounds.
 */
export function createUnknownTools(settings: DetectorSettings['unknown-tools']): Detector {
  let seen: { step: number; round: number; name: string }[] = [];
  let hasFired = false;
  let round = 0;

  return {
    name: 'unknown-tools',
    feed: (step) => {
      if (step.calls.length === 0) return [];
      round += 1;
      seen = seen.filter((one) => round - one.round < settings.window);
      if (seen.length === 0) hasFired = false;
      const unknown = step.calls.find((call) => featuresOf(call).failure?.kind === 'unknown-tool');
      if (unknown === undefined) return [];
      seen.push({ step: step.index, round, name: unknown.name });
      if (hasFired || seen.length < settings.times) return [];
      hasFired = true;
      return [
        makeSignal({
          detector: 'unknown-tools',
          class: 'tool-call-failure',
          step: step.index,
          confidence: 0.9,
          evidenceSteps: lastSteps(
            seen.map((one) => one.step),
            6,
          ),
          evidence: `${seen.length} calls went to tools that do not exist (${[...new Set(seen.map((one) => one.name))].join(', ').slice(0, 100)})`,
          streak: seen[0]!.step,
        }),
      ];
    },
  };
}
