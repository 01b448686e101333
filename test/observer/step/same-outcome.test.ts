import { expect, test } from 'vitest';
import type { ErrorKind } from '../../../src/core/error-kind.ts';
import { featuresOf } from '../../../src/observer/step/features.ts';
import { isSameOutcome } from '../../../src/observer/step/results/same-outcome.ts';
import { call } from '../steps.ts';

function isSame(one: string, two: string, isError = false, errorKind?: ErrorKind): boolean {
  const made = (output: string) =>
    featuresOf(call('shell', { command: 'check' }, { output, isError, ...(errorKind && { errorKind }) }));
  return isSameOutcome(made(one), made(two));
}

test.each([
  ['a fresh id', 'created request req_8fK2mQ1 with no items', 'created request req_77aBc02 with no items'],
  ['a fresh hash', 'built image 9f8e7d6c5b: nothing to do', 'built image 0a1b2c3d4e: nothing to do'],
  ['a counter of executions', 'Execution #3: no output', 'Execution #14: no output'],
  ['a notebook', 'In [4]: total\nOut[4]: -1', 'In [5]: total\nOut[5]: -1'],
  ['an attempt', 'attempt 1 failed: sum is -1', 'attempt 2 failed: sum is -1'],
  ['an ordinal', 'the 2nd run gave nothing', 'the 3rd run gave nothing'],
  ['a duration in minutes', 'up to date, checked 2 minutes ago', 'up to date, checked 5 minutes ago'],
  ['a port', 'listening on http://localhost:41233', 'listening on http://localhost:58012'],
])('the same call came to the same when only %s differs', (_, one, two) => {
  expect(isSame(one, two)).toBe(true);
});

test.each([
  ['a result', 'sum is -1', 'sum is 3'],
  ['a share that grows', 'build 45% done', 'build 60% done'],
  ['a number of tests', '12 tests failed', '10 tests failed'],
  ['a line', 'error on line 12', 'error on line 40'],
])('%s that differs is another result', (_, one, two) => {
  expect(isSame(one, two)).toBe(false);
});

test('one error in other words is one error, and another error is not', () => {
  const isOne = (one: string, two: string, kind?: ErrorKind) => isSame(one, two, true, kind);
  expect(isOne('Error: connect ECONNREFUSED 127.0.0.1:5432', 'ECONNREFUSED while connecting to the database')).toBe(
    true,
  );
  expect(isOne('Could not reach the server.', 'The server could not be reached')).toBe(true);
  expect(isOne('File not found: a.js', 'No such file: a.js', 'missing-path')).toBe(true);
  expect(isOne('ECONNREFUSED', 'ETIMEDOUT')).toBe(false);
  expect(isOne('error[E0277]: `Foo` is missing\n1 error', 'error[E0277]: `Bar` is missing\n1 error')).toBe(false);
  expect(isOne('TypeError: x is undefined', 'ValueError: bad number')).toBe(false);
});
