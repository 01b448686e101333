import { expect, it } from 'vitest';
import { readWithdrawal } from '../../../src/observer/policy/withdrawn-claim.ts';

const claim = 'all 12 tests pass';

it.each([
  'Fixed in src/a.ts. All 12 tests pass now.',
  'As I said, all 12 tests pass.',
  'The parser is fixed, and **all 12 tests pass** with 0 failures.',
])('made again: %s', (message) => {
  expect(readWithdrawal(message, claim)).toBe('made');
});

it.each([
  'Fixed in src/a.ts. Ten of the 12 tests pass; the two of the login still fail.',
  'Not all 12 tests pass: the login is red.',
  'I wrote that all 12 tests pass. That was wrong.',
  'Earlier I said “all 12 tests pass”; the suite was never run.',
  '10 of 12 tests pass.',
  'I changed the parser in src/a.ts; please run the suite before you merge.',
  'The parser works. The tests have not been run.',
])('withdrawn: %s', (message) => {
  expect(readWithdrawal(message, claim)).toBe('withdrawn');
});

it.each([
  'All done.',
  'It is really done, and everything is green.',
  'The whole suite passes with the new parser.',
  'I did not touch the docs, and everything works as it should.',
  'The wrong import in src/a.ts is replaced, and everything is green.',
  'Sure.',
])('neither for sure: %s', (message) => {
  expect(readWithdrawal(message, claim)).toBe('unclear');
});

it('reads a claim of other things, one that denies, and a rule’s without words', () => {
  expect(readWithdrawal('README.md documents the new option.', 'README.md documents the option')).toBe('made');
  expect(readWithdrawal('The option is in src/a.ts; README.md lacks it.', 'README.md documents the option')).toBe(
    'withdrawn',
  );
  expect(readWithdrawal('No test fails any more.', 'No test fails')).toBe('made');
  expect(readWithdrawal('One test fails with a timeout.', 'No test fails')).toBe('withdrawn');
  expect(readWithdrawal('Everything is verified, and the tests pass.', undefined)).toBe('made');
  expect(readWithdrawal('Two tests fail: both are of the login.', undefined)).toBe('withdrawn');
});
