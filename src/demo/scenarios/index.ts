import { UserError } from '../../core/errors.ts';
import type { ScenarioRule } from '../server/scenario.ts';
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

/** What the user says or asks for once the story is over. */
const storyIsOver: readonly ScenarioRule[] = [
  {
    when: { kind: 'agent' },
    replies: [
      {
        text: 'The story of this demo ends here: a script speaks, not a model. Look around with `/wink`, `/diff` and `/undo`; for a model of your own leave with `/quit` and start `wink-agent` in your repository.',
      },
    ],
    after: 'repeat',
  },
  {
    when: { kind: 'compaction' },
    replies: [{ text: 'The bounds of the discount were fixed and the tests pass.' }],
    after: 'repeat',
  },
];

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
  return { ...found, scenario: { rules: [...found.scenario.rules, ...storyIsOver, judgeSeesNothing] } };
}
