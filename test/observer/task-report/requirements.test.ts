import { expect, test } from 'vitest';
import { readRequirements } from '../../../src/observer/task-report/read-requirements.ts';

const asked = (text: string) => readRequirements(text).map((requirement) => requirement.text);

test.each<[string, string[]]>([
  ['Commit and push.', ['Commit', 'push']],
  ['Can you update the docs, then open a PR?', ['update the docs', 'open a PR']],
  ['Please fix `parse()` in src/a.ts. Also add a test for it.', ['fix `parse()` in src/a.ts', 'add a test for it']],
  ["Let's remove the flag; rename `a b` and `then c` to one.", ['remove the flag', 'rename `a b` and `then c` to one']],
  [
    'Fix the following:\n\n1. Unused variable `stopCount`\n2. The long test',
    ['Unused variable `stopCount`', 'The long test'],
  ],
  ['- add a flag `--json`\n- document it\n', ['add a flag `--json`', 'document it']],
  // What leaves no trace, and why or when, is no part of the row; a name of code behind it is.
  [
    'commit the changes and review them again carefully, then push so that I can see it',
    ['commit the changes', 'push'],
  ],
  [
    'create a PR, if all is fine. Reply to the review comments. Rename `a`, so that `parseDate` works',
    ['create a PR', 'Reply to the review comments', 'Rename `a`, so that `parseDate` works'],
  ],
  // Asked for twice, and once more in more words.
  ['remove the old tests again\n\nremove the old useless tests again', ['remove the old useless tests again']],
])('orders: %s', (text, expected) => {
  expect(asked(text)).toEqual(expected);
});

test.each([
  'Why does the build fail?',
  'The update of the cache is slow, and the test fails.',
  'If the tests fail, fix them.',
  'This adds a new flag and removes the old one.',
  'Steps to reproduce:\n1. Open the page\n2. Run the search',
  '> Fix this and add that.',
  '```\nAdd a\nRemove b\n```',
  '<issue>\nFix a.\nAdd b.\n</issue>',
  'Built: /tmp/x\nRunning: tests\nError: add a file',
  'Check whether it is used, and explain why.',
  '// Add it here - will be set by the hook\nstate, err = open(x)',
  'commit 3592c1be5c003ea5 (HEAD -> main) Author: me\nTest repo location: /var/x\nreturn random.randint(1, 100)',
  'Steps:\n1. I edit a file\n2. I run another prompt',
  'Use a subagent for the review. Start by reading the guides.',
])('no order: %s', (text) => {
  expect(asked(text)).toEqual([]);
});

test('a plan gives its numbered sections and the checks of its verification, not its reasons', () => {
  const plan = `Implement the following plan:

# Plan: a flag

## Context
1. The flag is missing
2. The docs are old

## Changes

### 1. Add \`--json\`
**File:** \`src/args.ts\`
- Parse \`jsonOutput\`
- Fix the default

### 2. Update the docs (\`docs/flags.md\`)

## Verification
1. \`npm test && npm run lint\` pass
2. Look at it in the browser`;
  const requirements = readRequirements(plan);
  expect(requirements.map(({ text }) => text)).toEqual([
    'Add `--json`',
    'Update the docs (`docs/flags.md`)',
    '`npm test && npm run lint` pass',
  ]);
  expect(requirements[0]).toMatchObject({ files: ['src/args.ts'], names: ['--json'], details: ['jsonOutput'] });
  expect(requirements[2]).toMatchObject({ commands: ['npm test', 'npm run lint'] });
});

test('a long text is read in bounds, whatever it holds', () => {
  expect(readRequirements('add a thing and '.repeat(20_000)).length).toBeLessThanOrEqual(24);
  expect(readRequirements('<a\n'.repeat(50_000)).length).toBe(0);
  expect(readRequirements(`fix a${' '.repeat(1900)}x\n`.repeat(30)).length).toBe(1);
  expect(readRequirements(`${'- fix it '.repeat(50)}\n`.repeat(2000)).length).toBeLessThanOrEqual(24);
});
