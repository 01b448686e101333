import { expect, test } from 'vitest';
import { doesWhatWasAsked } from '../../../src/observer/policy/outcome/compliance.ts';
import { call, step } from '../steps.ts';

const asked = (name: string, did: ReturnType<typeof step>, hasLeft = false) =>
  doesWhatWasAsked({ class: name }, did, hasLeft);
const check = step(3, [call('shell', { command: 'npm test' }, { output: '1 failing', isError: true })]);
const refused = step(3, [call('shell', { command: 'npm test' }, { output: 'no', isError: true, errorKind: 'denied' })]);
const look = step(3, [call('read', { path: 'a.js' })]);
const words = (text: string) => step(3, [], { text });

test('a check is asked for, and a check that ran is what counts, red or green', () => {
  for (const name of ['unverified-finish', 'wrong-premise']) {
    expect(asked(name, check)).toBe(true);
    expect(asked(name, refused)).toBe(false);
  }
  expect(asked('unverified-finish', look, true)).toBe(false);
});

test('what was weakened or changed is to be taken back: moving on alone is not enough', () => {
  expect(asked('test-tampering', look, false)).toBe(false);
  expect(asked('test-tampering', look, true)).toBe(true);
  expect(asked('unrequested-changes', look, true)).toBe(false);
  expect(asked('unrequested-changes', step(3, [call('shell', { command: 'git checkout -- a.js' })]))).toBe(true);
});

test('a loop may end in something new or in words', () => {
  expect(asked('infinite-loop', look, true)).toBe(true);
  expect(asked('infinite-loop', words('The cause is outside.'))).toBe(true);
  expect(asked('infinite-loop', check, false)).toBe(false);
});
