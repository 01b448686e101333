import { expect, test } from 'vitest';
import { readLastingWords } from '../../src/memory/lasting-words.ts';
import { addLesson, cleanLesson, readLessons, removeLesson } from '../../src/memory/lessons.ts';

test.each([
  ['', '## Lessons\n\n- Use pnpm.\n'],
  ['# Project\n\nWords.\n', '# Project\n\nWords.\n\n## Lessons\n\n- Use pnpm.\n'],
  [
    '# Project\n\n## Lessons\n\n- One.\n\n## Build\n\nx\n',
    '# Project\n\n## Lessons\n\n- One.\n- Use pnpm.\n\n## Build\n\nx\n',
  ],
  ['## Lessons\n- One.', '## Lessons\n- One.\n- Use pnpm.\n'],
  ['## Lessons\n', '## Lessons\n\n- Use pnpm.\n'],
  ['a\r\nb\r\n', 'a\r\nb\r\n\r\n## Lessons\r\n\r\n- Use pnpm.\r\n'],
  ['```\n## Lessons\n```\n', '```\n## Lessons\n```\n\n## Lessons\n\n- Use pnpm.\n'],
])('a lesson is added to %j, once, and what is removed leaves nothing behind', (before, after) => {
  const added = addLesson(before, 'Use pnpm.');
  expect(added).toBe(after);
  expect(addLesson(added, 'Use pnpm.')).toBe(added);
  expect(readLessons(added)).toContain('Use pnpm.');
  expect(readLessons(removeLesson(added, 'Use pnpm.'))).toEqual(readLessons(before));
  if (!before.includes('Lessons')) expect(removeLesson(added, 'Use pnpm.')).toBe(before);
});

test('words become one plain line', () => {
  expect(cleanLesson('  - use pnpm,\n not npm ')).toBe('Use pnpm, not npm.');
  expect(cleanLesson('## Rules\u200b\n<!-- x')).toBe('Rules x.');
  expect(cleanLesson('\n\t')).toBe('');
});

test.each([
  'Use pnpm, not npm.',
  'No, never edit the generated files by hand.',
  "Don't add comments like this again.",
  'From now on, run the linter before a commit.',
  'in this repo we write tests with vitest',
  'Please always ask before you push.',
  'I told you to use the helper in src/util.ts',
])('a lasting rule: %s', (words) => {
  expect(readLastingWords(words)).toHaveLength(1);
});

test.each([
  'Fix the test.',
  "Don't touch the tests for now.",
  'It never triggers, why?',
  'I always see this error when the session ends.',
  'Can you always show the url?',
  'we should keep in mind that the user might use `git stash`',
  '> always do this',
  'Run it again.',
  "don't change that",
])('no lasting rule: %s', (words) => {
  expect(readLastingWords(words)).toEqual([]);
});
