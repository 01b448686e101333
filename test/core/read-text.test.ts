import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readRegular, readText, whyUnreadable } from '../../src/core/disk/read-text.ts';
import { isNestedTooDeeply, parseJson } from '../../src/core/text/json.ts';

it('a pipe, a device, a folder or a huge file in the place of a file is refused at once', () => {
  const folder = mkdtempSync(join(tmpdir(), 'wink-read-'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  writeFileSync(join(folder, 'large'), Buffer.alloc(9_000_000));
  writeFileSync(join(folder, 'plain'), '\uFEFFtext');
  expect(() => readRegular(join(folder, 'pipe'))).toThrow(/not a regular file/);
  expect(() => readRegular('/dev/zero')).toThrow(/not a regular file/);
  expect(() => readRegular(folder)).toThrow(/folder/);
  expect(() => readRegular(join(folder, 'large'))).toThrow(/larger/);
  expect(() => readRegular(join(folder, 'missing'))).toThrow(/ENOENT/);
  expect(readText(join(folder, 'plain'))).toBe('text');
  const why = (path: string) => {
    try {
      return readText(path);
    } catch (error) {
      return whyUnreadable(error);
    }
  };
  expect([join(folder, 'pipe'), folder, join(folder, 'large'), join(folder, 'missing')].map(why)).toEqual([
    'it is a pipe or a device, not a regular file',
    'it is a folder',
    'it is too large',
    'it does not exist',
  ]);
});

it('JSON that is nested without end is none', () => {
  const deep = '['.repeat(50_000) + ']'.repeat(50_000);
  expect(isNestedTooDeeply(deep)).toBe(true);
  expect(parseJson(deep)).toBeUndefined();
  expect(parseJson(`{"a":"${'['.repeat(2000)}\\"["}`)).toEqual({ a: `${'['.repeat(2000)}"[` });
  expect(parseJson(JSON.stringify(Array.from({ length: 2000 }, () => [[]])))).toHaveLength(2000);
});
