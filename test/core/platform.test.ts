import { expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { requirePosix } from '../../src/core/process/platform.ts';

test('on Windows the agent says that it is not supported there and where to run it', () => {
  expect(() => requirePosix('win32')).toThrow(UserError);
  expect(() => requirePosix('win32')).toThrow('WSL');
});

test('Linux and macOS are fine', () => {
  expect(() => requirePosix('linux')).not.toThrow();
  expect(() => requirePosix('darwin')).not.toThrow();
});
