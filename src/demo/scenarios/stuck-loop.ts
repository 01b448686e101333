import type { DemoScenario } from '../scenarios.ts';

/** The model runs the same failing tests again and again until a reminder about it stands before it. */
export const stuckLoop: DemoScenario = {
  about: 'The model runs the same failing tests again and again until a reminder about it stands before it.',
  task: 'Some tests of this repository fail. Find the bug and fix it.',
  scenario: {
    rules: [
      {
        when: {
          kind: 'agent',
          noUser: '<system-reminder>',
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
            text: 'Let me run the tests again to see what fails.',
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
      {
        when: {
          kind: 'agent',
          user: '<system-reminder>',
        },
        replies: [
          {
            text: "Running the tests again tells me nothing new. The failures are all about `discount`, so I'll read it and its tests.",
            calls: [
              {
                name: 'read',
                arguments: {
                  path: 'src/discount.js',
                },
              },
              {
                name: 'read',
                arguments: {
                  path: 'test/discount.test.js',
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
            text: 'The tests say both bounds are inclusive and that amounts are rounded. `discount` compares with `>` and rounds down.',
            calls: [
              {
                name: 'edit',
                arguments: {
                  path: 'src/discount.js',
                  edits: [
                    {
                      oldText: 'cents > from',
                      newText: 'cents >= from',
                    },
                    {
                      oldText: 'Math.floor',
                      newText: 'Math.round',
                    },
                  ],
                },
              },
            ],
            usage: {
              input: 1620,
              cached: 1300,
              output: 45,
            },
          },
          {
            text: 'Now the whole suite.',
            calls: [
              {
                name: 'shell',
                arguments: {
                  command: 'npm test',
                },
              },
            ],
            usage: {
              input: 1840,
              cached: 1500,
              output: 45,
            },
          },
          {
            text: 'Fixed `src/discount.js`: the bounds are inclusive (`>=`) and the amount is rounded to the nearest cent. `npm test` passes: 6 of 6.',
            usage: {
              input: 2060,
              cached: 1700,
              output: 45,
            },
          },
        ],
        after: 'next',
      },
    ],
  },
};
