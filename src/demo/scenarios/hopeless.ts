import type { DemoScenario } from '../scenarios.ts';

/** The model never mends its way: the observer's ladder goes to its end and stops the run. */
export const hopeless: DemoScenario = {
  about: "The model never mends its way: the observer's ladder goes to its end and stops the run.",
  task: 'Some tests of this repository fail. Find the bug and fix it.',
  scenario: {
    rules: [
      {
        when: {
          kind: 'agent',
        },
        replies: [
          {
            text: "I'll run the tests first.",
            calls: [
              {
                name: 'shell',
                arguments: {
                  command: 'npm test',
                },
              },
            ],
            usage: {
              input: 1400,
              cached: 1300,
              output: 45,
            },
          },
          {
            text: 'Let me run the tests again.',
            calls: [
              {
                name: 'shell',
                arguments: {
                  command: 'npm test',
                },
              },
            ],
            usage: {
              input: 1620,
              cached: 1300,
              output: 45,
            },
          },
        ],
        after: 'repeat',
      },
    ],
  },
};
