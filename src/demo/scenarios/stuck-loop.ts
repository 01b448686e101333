import { afterReminder, beforeReminder, code, type DemoScenario, fixIt, read, runTests, task, tests } from './moves.ts';

export const stuckLoop: DemoScenario = {
  about: 'The model runs the same failing tests again and again until it gets a reminder about it.',
  task,
  scenario: {
    rules: [
      {
        when: beforeReminder,
        replies: [runTests("I'll run the tests first."), runTests('Let me run the tests again to see what fails.')],
        after: 'repeat',
      },
      {
        when: afterReminder,
        replies: [
          read(
            "Running the tests again tells me nothing new. The failures are all about `discount`, so I'll read it and its tests.",
            code,
            tests,
          ),
          ...fixIt,
        ],
      },
    ],
  },
};
