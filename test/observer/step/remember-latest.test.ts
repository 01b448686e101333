import { expect, test } from 'vitest';
import { rememberLatest } from '../../../src/observer/step/remember-latest.ts';

test('an answer is worked out once, the one asked for longest ago is forgotten first, and a long text is not kept', () => {
  const read: string[] = [];
  const known = rememberLatest<number | undefined>(2, 5);
  const ask = (text: string) => known(text, () => (read.push(text) > 0 && text === 'none' ? undefined : text.length));
  expect([ask('one'), ask('none'), ask('none'), ask('one')]).toEqual([3, undefined, undefined, 3]);
  ask('three');
  expect([ask('one'), ask('none')]).toEqual([3, undefined]);
  expect(read).toEqual(['one', 'none', 'three', 'none']);
  expect([ask('too long'), ask('too long')]).toEqual([8, 8]);
  expect(read.slice(4)).toEqual(['too long', 'too long']);
});
