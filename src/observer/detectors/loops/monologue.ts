import { makeSignal } from '../../signal.ts';
import { hashText } from '../../step/hash.ts';
import type { Detector, NormalizedStep } from '../../step/normalized-step.ts';
import type { DetectorSettings } from '../detector-settings.ts';

/**
 * Text without action: `times` messages in a row that call nothing and say the same (case, numbers and white space left
 * out), with no word of the user between. Messages that differ are thought, not a loop; the same thought before
 * different calls isn't one either.
 */
export function createMonologue(settings: DetectorSettings['monologue']): Detector {
  let text = 0;
  let steps: number[] = [];
  let hasFired = false;

  return {
    name: 'monologue',
    feed: (step) => {
      const said = step.calls.length === 0 ? hashText(plainText(step)) : 0;
      if (said === 0 || said !== text || step.userTexts.length > 0) {
        text = said;
        steps = [];
        hasFired = false;
      }
      if (said === 0) return [];
      steps.push(step.index);
      if (steps.length > 12) steps.shift();
      if (hasFired || steps.length < settings.times) return [];
      hasFired = true;
      return [
        makeSignal({
          detector: 'monologue',
          class: 'infinite-loop',
          step: step.index,
          confidence: 0.9,
          evidenceSteps: [...steps],
          evidence: `${steps.length} messages in a row say the same and do nothing`,
          streak: steps[0]!,
        }),
      ];
    },
  };
}

function plainText(step: NormalizedStep): string {
  return `${step.text}\n${step.text === '' ? step.reasoning : ''}`
    .slice(0, 2000)
    .toLowerCase()
    .replace(/[\d\s.…]+/g, ' ');
}
