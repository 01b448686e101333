import { code, type DemoScenario, fixIt, read, runTests, task, tests } from './moves.ts';

export const fix: DemoScenario = {
  about: 'A task that goes well: tests, a look at the code, an edit, tests again.',
  task,
  scenario: {
    rules: [
      {
        when: { kind: 'agent' },
        replies: [
          runTests("I'll run the tests first."),
          read(
            'Four tests fail, all around the bounds of the discount. Let me read the function and its tests.',
            code,
            tests,
          ),
          ...fixIt,
        ],
      },
    ],
  },
};
