import { expect, it } from 'vitest';
import { termsOf, unseenNames } from '../../../../src/observer/review/account/terms.ts';

it('finds what can be found again: names in backticks, paths, joined names, versions and counts', () => {
  const terms = termsOf(
    'All 114 files pass; `parse()` in src/core/parse.ts uses max_depth and camelCase since v0.3.0.',
  );
  expect(terms).toEqual(
    expect.arrayContaining(['114', 'parse', 'src/core/parse.ts', 'parse.ts', 'max_depth', 'camelCase', 'v0.3.0']),
  );
  expect(terms).not.toContain('files');
});

it('names what stands in backticks and nowhere else', () => {
  const words = 'I removed `oldHelper` from `src/a.ts`, kept `newHelper()` and ran `npm test -- a`.';
  expect(unseenNames(words, () => ['edit /repo/src/a.ts', 'newHelper(1)'])).toEqual(['oldHelper']);
  expect(unseenNames('nothing here', () => [])).toEqual([]);
});
