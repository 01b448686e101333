import type { ScenarioRule, ScriptedCall, ScriptedReply } from '../server/scenario.ts';

/** What `wink-agent demo` plays: a line for the list, the user's words, and the model's answers. */
export type DemoScenario = {
  readonly about: string;
  readonly task: string;
  readonly scenario: { readonly rules: readonly ScenarioRule[] };
};

export const task = 'Some tests of this repository fail. Find the bug and fix it.';
export const code = 'src/discount.js';
export const tests = 'test/discount.test.js';

/** While the model's messages hold no reminder, and once they hold one. */
export const beforeReminder = { kind: 'agent', noUser: '<system-reminder>' } as const;
export const afterReminder = { kind: 'agent', user: '<system-reminder>' } as const;

export function runTests(text: string): ScriptedReply {
  return { text, calls: [{ name: 'shell', arguments: { command: 'npm test' } }] };
}

export function read(text: string, ...paths: readonly string[]): ScriptedReply {
  return { text, calls: paths.map((path): ScriptedCall => ({ name: 'read', arguments: { path } })) };
}

export function edit(
  text: string,
  ...edits: readonly { readonly oldText: string; readonly newText: string }[]
): ScriptedReply {
  return { text, calls: [{ name: 'edit', arguments: { path: code, edits } }] };
}

/** The way out of every scenario that has one: the right edit, the tests, the last words. */
export const fixIt: readonly ScriptedReply[] = [
  edit(
    'The tests say both bounds are inclusive and that amounts are rounded. `discount` compares with `>` and rounds down.',
    { oldText: 'cents > from', newText: 'cents >= from' },
    { oldText: 'Math.floor', newText: 'Math.round' },
  ),
  runTests('Now the whole suite.'),
  {
    text: 'Fixed `src/discount.js`: the bounds are inclusive (`>=`) and the amount is rounded to the nearest cent. `npm test` passes: 6 of 6.',
  },
];
