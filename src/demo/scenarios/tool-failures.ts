import type { ScriptedReply } from '../server/scenario.ts';
import { afterReminder, beforeReminder, code, type DemoScenario, edit, fixIt, read, runTests, task } from './moves.ts';

/** An edit of a line that the file does not have. No model answers at once: the observer has the time that it has with any. */
function guess(text: string, oldText: string): ScriptedReply {
  return { ...edit(text, { oldText, newText: 'cents >= from' }), firstByteDelayMs: 200 };
}

export const toolFailures: DemoScenario = {
  about: 'The model edits from memory, misses each time, and keeps guessing until it gets a reminder about it.',
  task,
  scenario: {
    rules: [
      {
        when: beforeReminder,
        replies: [
          runTests("I'll run the tests first."),
          read("The bounds look wrong. I'll read the function.", code),
          guess("I'll change the comparison.", 'if (cents > step.from)'),
          guess("I'll change the comparison.", 'if (amount > step.from) {'),
          guess("I'll change the comparison.", 'cents > step.from ?'),
          guess("I'll change the comparison.", 'cents > limit.from'),
          guess("I'll try once more.", 'if (cents > bound{{n}}.from)'),
        ],
        after: 'repeat',
      },
      {
        when: afterReminder,
        replies: [read("My text is not what the file holds. I'll read it again and copy the line.", code), ...fixIt],
      },
    ],
  },
};
