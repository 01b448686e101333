import fc from 'fast-check';
import picomatch from 'picomatch';
import { expect, it } from 'vitest';
import { isCostly, matchLinearly } from '../../src/core/text/linear-glob.ts';
import { matchPaths } from '../../src/core/text/path-pattern.ts';

it('patterns with many wildcards are matched in a time that stays small', () => {
  const pattern = `${'*a'.repeat(40)}*b`;
  expect(isCostly(pattern)).toBe(true);
  const matches = matchPaths([pattern, `**/${pattern}`], { dot: true });
  for (let round = 0; round < 200; round += 1) expect(matches('a'.repeat(250))).toBe(false);
  expect(matches(`${'xa'.repeat(60)}b`)).toBe(true);
});

it('they mean what they mean to picomatch', () => {
  const piece = fc.constantFrom('*', '?', 'a', 'b', '.', '[ab]', '[^a]', '**/', '/');
  const letter = fc.constantFrom('a', 'b', '.', '/');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(letter, { maxLength: 8 }), (pieces, letters) => {
      const [pattern, path] = [pieces.join(''), letters.join('')];
      // Where picomatch has rules of its own for dots and empty names nothing is compared.
      fc.pre(!/\*{2,}[^/]|[^/]\*{2,}|\/\/|^\/|\/$/.test(pattern) && !/\/\/|^\/|\/$|(^|\/)\.{1,2}(\/|$)/.test(path));
      fc.pre(path !== '' && pattern !== '' && !/(^|\/)\.|\.\./.test(pattern));
      if (picomatch(pattern, { dot: true })(path))
        expect([pattern, path, matchLinearly(pattern, path, false)]).toEqual([pattern, path, true]);
    }),
    { numRuns: 2000 },
  );
});
