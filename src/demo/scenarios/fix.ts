import type { DemoScenario } from '../scenarios.ts';

/** A task that goes well: tests, a look at the code, an edit, tests again. */
export const fix: DemoScenario = {
  about: 'A task that goes well: tests, a look at the code, an edit, tests again.',
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
            text: 'Four tests fail, all around the bounds of the discount. Let me read the function and its tests.',
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
              input: 1620,
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
              input: 1840,
              cached: 1500,
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
              input: 2060,
              cached: 1700,
              output: 45,
            },
          },
          {
            text: 'Fixed `src/discount.js`: the bounds are inclusive (`>=`) and the amount is rounded to the nearest cent. `npm test` passes: 6 of 6.',
            usage: {
              input: 2280,
              cached: 1900,
              output: 45,
            },
          },
        ],
        after: 'next',
      },
    ],
  },
};
