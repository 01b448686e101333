import { expect, it } from 'vitest';
import { seatbeltProfile } from '../../src/sandbox/seatbelt.ts';

const places = {
  writable: ['/Users/me/project "x"', '/Users/me'],
  fixed: ['/Users/me/project/.git/hooks'],
  hiddenFolders: ['/Users/me/.ssh', '/Users/me/.wink'],
  hiddenFiles: ['/Users/me/.netrc'],
  readable: ['/Users/me/.wink/outputs'],
};

it('writes a profile in which the narrower rule comes later', () => {
  const lines = seatbeltProfile(places, false).split('\n');
  const at = (text: string) => lines.indexOf(text);
  expect(lines[0]).toBe('(version 1)');
  expect(at('(deny file-write*)')).toBeLessThan(
    at('(allow file-read* file-write* (subpath "/Users/me/project \\"x\\""))'),
  );
  expect(at('(allow file-read* file-write* (subpath "/Users/me"))')).toBeLessThan(
    at('(deny file-read* file-write* (subpath "/Users/me/.ssh"))'),
  );
  expect(at('(deny file-read* file-write* (subpath "/Users/me/.wink"))')).toBeLessThan(
    at('(allow file-read* (subpath "/Users/me/.wink/outputs"))'),
  );
  expect(at('(deny file-write* (subpath "/Users/me/project/.git/hooks"))')).toBeGreaterThan(
    at('(allow file-read* file-write* (subpath "/Users/me"))'),
  );
  expect(at('(deny network*)')).toBeGreaterThan(0);
  expect(seatbeltProfile(places, true)).not.toContain('network');
});
