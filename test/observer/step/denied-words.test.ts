import { expect, test } from 'vitest';
import { normalizeStep, wordsInResults } from '../../../src/observer/step/normalize-step.ts';
import { makeStep, userNote } from '../runs.ts';

const denied = (output: string) =>
  makeStep(0, '', [], {
    name: 'shell',
    input: { command: 'git push' },
    result: { output, isError: true, errorKind: 'denied' },
  });

test('what the user said when they declined a call is their words before the next step', () => {
  const step = denied(
    'Not allowed: The user said no: not to main, use a branch. Find another way, or say what you would need and end your turn.',
  );
  const next = makeStep(1, 'I use a branch.', [userNote('and be quick')]);
  expect(normalizeStep(next, step).userTexts).toEqual(['not to main, use a branch.', 'and be quick']);
});

test('a no without words says nothing, and neither does a rule', () => {
  expect(
    wordsInResults(denied('Not allowed: The user said no. Find another way, or say what you would need.')),
  ).toEqual([]);
  expect(wordsInResults(denied('Not allowed: shell(git push:*) is denied. Find another way, or say what.'))).toEqual(
    [],
  );
});

test.each([
  ["The user leaves 'When?' to you: take the likeliest reading and go on."],
  ["The user interrupted before answering 'When?'."],
])('of several questions only what was answered is theirs: %s', (tail) => {
  const output = `User has answered your questions: "Which store?"="SQLite, no "server"".\n${tail}`;
  const step = makeStep(0, '', [], { name: 'ask_user', input: {}, result: { output } });
  expect(wordsInResults(step)).toEqual(['Which store? SQLite, no "server"']);
});
