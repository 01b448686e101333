import { expect, it } from 'vitest';
import { readWithdrawal } from '../../../src/observer/policy/outcome/withdrawn-claim.ts';

const claim = 'all 12 tests pass';

it.each([
  'Fixed in src/a.ts. All 12 tests pass now.',
  'As I said, all 12 tests pass.',
  'All 12 tests pass, and nothing else was changed.',
  'All 12 tests pass; no other file was touched, and the API has not changed.',
  'All 12 tests pass, and errors are returned as JSON.',
  'All 12 tests pass without an error.',
  'The parser is in src/a.ts. Tests of it: all that I ran pass, 12.',
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
  'All 12 tests pass, except the two of the login.',
  'All 12 tests pass but one, which still fails.',
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
  'Alles fertig, die Tests laufen jetzt durch.',
  'I fixed the failing tests, and everything is green.',
  'The broken parser is replaced, and now the tests are green.',
  'The previously failing tests now pass.',
])('neither for sure: %s', (message) => {
  expect(readWithdrawal(message, claim)).toBe('unclear');
});

it('reads a claim of other things, one that denies, and a rule’s without words', () => {
  expect(readWithdrawal('README.md documents the new option.', 'README.md documents the option')).toBe('made');
  expect(readWithdrawal('The option is in src/a.ts; README.md lacks it.', 'README.md documents the option')).toBe(
    'withdrawn',
  );
  const retry = 'Implemented the retry and verified it end to end';
  expect(readWithdrawal('- Implemented the retry\n- Verified end to end', retry)).not.toBe('withdrawn');
  expect(readWithdrawal('Implemented the retry. It is not verified end to end.', retry)).toBe('withdrawn');
  expect(readWithdrawal('No test fails any more.', 'No test fails')).toBe('made');
  expect(readWithdrawal('One test fails with a timeout.', 'No test fails')).toBe('withdrawn');
  expect(readWithdrawal('Everything is verified, and the tests pass.', undefined)).toBe('made');
  expect(readWithdrawal('Two tests fail: both are of the login.', undefined)).toBe('withdrawn');
});
