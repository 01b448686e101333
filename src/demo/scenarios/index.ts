import { UserError } from '../../core/errors.ts';
import { fix } from './fix.ts';
import { forbiddenEdit } from './forbidden-edit.ts';
import { hopeless } from './hopeless.ts';
import type { DemoScenario } from './moves.ts';
import { stuckLoop } from './stuck-loop.ts';
import { toolFailures } from './tool-failures.ts';

/** The scripted judge sees nothing: what the demo shows is the deterministic part. */
const judgeSeesNothing = {
  when: { kind: 'judge' as const },
  replies: [{ text: JSON.stringify({ present: false, confidence: 0.9, firstStep: -1, evidenceSteps: [], quote: '' }) }],
  after: 'repeat' as const,
};

const scenarios: Readonly<Record<string, DemoScenario>> = {
  fix,
  'stuck-loop': stuckLoop,
  'tool-failures': toolFailures,
  'forbidden-edit': forbiddenEdit,
  hopeless,
};

export const scenarioNames: readonly string[] = Object.keys(scenarios);

/** The scenario of that name; an unknown one throws UserError that lists those there are. */
export function findScenario(name: string): DemoScenario {
  const found = scenarios[name];
  if (!found)
    throw new UserError(
      `There is no demo scenario ${JSON.stringify(name)}; the scenarios are ${scenarioNames.join(', ')}.`,
    );
  return { ...found, scenario: { rules: [...found.scenario.rules, judgeSeesNothing] } };
}
