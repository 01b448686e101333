import { type DemoScenario, runTests, task } from './moves.ts';

export const hopeless: DemoScenario = {
  about: 'The model never corrects itself: the observer escalates step by step and stops the run.',
  task,
  scenario: {
    rules: [
      {
        when: { kind: 'agent' },
        replies: [runTests("I'll run the tests first."), runTests('Let me run the tests again.')],
        after: 'repeat',
      },
    ],
  },
};
