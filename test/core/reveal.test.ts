import { expect, it } from 'vitest';
import { isClean, reveal, sanitize } from '../../src/core/text/sanitize.ts';

it('what somebody is to agree to is shown whole, with everything that is not seen', () => {
  const command = 'echo safe\r\u001b]0;x\u0007\u001b[2K\u009b1Arm -rf x\u200b\u202e\u00a0y\ufeff';
  const shown = reveal(command);
  expect(shown).toBe('echo safe␍␛]0;x␇␛[2K<U+009B>1Arm -rf x<U+200B><U+202E><U+00A0>y<U+FEFF>');
  expect(isClean(shown)).toBe(true);
  expect(sanitize(shown)).toBe(shown);
  expect(reveal('plain\n\ttext äöü 你好')).toBe('plain\n\ttext äöü 你好');
});
