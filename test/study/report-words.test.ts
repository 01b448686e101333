import { expect, test } from 'vitest';
import { countOf } from '../../src/study/report/format-values.ts';

test('one of a kind is counted in the singular', () => {
  expect([countOf(1, 'sessions'), countOf(2, 'sessions'), countOf(0, 'tool calls'), countOf(1, 'tool calls')]).toEqual([
    '1 session',
    '2 sessions',
    '0 tool calls',
    '1 tool call',
  ]);
});
