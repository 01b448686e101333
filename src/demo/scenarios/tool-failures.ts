import type { DemoScenario } from '../scenarios.ts';

/** The model edits from memory, misses each time, and goes on guessing until a reminder about it stands before it. */
export const toolFailures: DemoScenario = {
  about:
    'The model edits from memory, misses each time, and goes on guessing until a reminder about it stands before it.',
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
            text: "The bounds look wrong. I'll read the function.",
            calls: [
              {
                name: 'read',
                arguments: {
                  path: 'src/discount.js',
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
            text: "I'll change the comparison.",
            calls: [
              {
                name: 'edit',
                arguments: {
                  path: 'src/discount.js',
                  edits: [
                    {
                      oldText: 'if (cents > step.from)',
                      newText: 'cents >= from',
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
            text: "I'll change the comparison.",
            calls: [
              {
                name: 'edit',
                arguments: {
                  path: 'src/discount.js',
                  edits: [
                    {
                      oldText: 'if (amount > step.from) {',
                      newText: 'cents >= from',
                    },
                  ],
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
            text: "I'll change the comparison.",
            calls: [
              {
                name: 'edit',
                arguments: {
                  path: 'src/discount.js',
                  edits: [
                    {
                      oldText: 'cents > step.from ?',
                      newText: 'cents >= from',
                    },
                  ],
                },
              },
            ],
            usage: {
              input: 2280,
              cached: 1900,
              output: 45,
            },
          },
          {
            text: "I'll change the comparison.",
            calls: [
              {
                name: 'edit',
                arguments: {
                  path: 'src/discount.js',
                  edits: [
                    {
                      oldText: 'cents > limit.from',
                      newText: 'cents >= from',
                    },
                  ],
                },
              },
            ],
            usage: {
              input: 2500,
              cached: 2100,
              output: 45,
            },
          },
          {
            text: "I'll try once more.",
            calls: [
              {
                name: 'edit',
                arguments: {
                  path: 'src/discount.js',
                  edits: [
                    {
                      oldText: 'if (cents > bound{{n}}.from)',
                      newText: 'cents >= from',
                    },
                  ],
                },
              },
            ],
            usage: {
              input: 2720,
              cached: 2300,
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
            text: "My text is not what stands in the file. I'll read it again and copy the line.",
            calls: [
              {
                name: 'read',
                arguments: {
                  path: 'src/discount.js',
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
