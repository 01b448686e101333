import { expect, test } from 'vitest';
import { rememberLatest } from '../../../src/observer/step/remember-latest.ts';

test('an answer is worked out once, those asked for long ago are forgotten, and a long text is not kept', () => {
  const read: string[] = [];
  const known = rememberLatest<number | undefined>(2, 5);
  const ask = (text: string) => known(text, () => (read.push(text) > 0 && text === 'none' ? undefined : text.length));
  expect([ask('one'), ask('none'), ask('none'), ask('one')]).toEqual([3, undefined, undefined, 3]);
  ask('three');
  expect([ask('one'), ask('four'), ask('one')]).toEqual([3, 4, 3]);
  expect(read).toEqual(['one', 'none', 'three', 'four']);
  expect(ask('none')).toBe(undefined);
  expect(read.slice(4)).toEqual(['none']);
  expect([ask('too long'), ask('too long')]).toEqual([8, 8]);
  expect(read.slice(5)).toEqual(['too long', 'too long']);
});
