import { expect, test } from 'vitest';
import { parseJsonWithComments } from '../../src/core/text/json.ts';

test.each([
  ['// first\n{ "a": 1, /* in\nbetween */ "b": [1, 2,], // last\n}', { a: 1, b: [1, 2] }],
  ['{ "url": "https://x/y", "s": "a /* b */ , } \\" // c" }', { url: 'https://x/y', s: 'a /* b */ , } " // c' }],
  ['{ "a": ', undefined],
  ['', undefined],
])('comments and a last comma are passed over, strings stay: %j', (text, value) => {
  expect(parseJsonWithComments(text)).toEqual(value);
});
