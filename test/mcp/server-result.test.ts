import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { redSquare } from '../../src/doctor/red-square.ts';
import { clipResult, formatContent, picturesOf } from '../../src/mcp/server-result.ts';

const data = redSquare().split(',')[1];

test('pictures of a result are shown by what their bytes are; what models do not take is named', () => {
  const content = [
    { type: 'text', text: 'Taken.' },
    { type: 'image', mimeType: 'image/jpeg', data },
    { type: 'image', mimeType: 'image/png', data: 'AAAA' },
    { type: 'image', mimeType: 'image/png' },
    null,
  ];
  expect(picturesOf(content)).toEqual([redSquare()]);
  expect(formatContent(content, undefined, true)).toMatch(
    /^Taken\.\n\[image image\/jpeg, [^;]+\]\n\[image image\/png, .*; not shown\]\n\[image image\/png, .*; not shown\]$/,
  );
  expect(formatContent(content)).toMatch(/image\/jpeg, .*; not shown/);
});

test('more pictures than a few, or larger ones than providers take, are not shown', () => {
  const one = { type: 'image', mimeType: 'image/png', data };
  expect(picturesOf(Array.from({ length: 9 }, () => one))).toHaveLength(5);
  const said = formatContent(
    Array.from({ length: 9 }, () => one),
    undefined,
    true,
  );
  expect(said.match(/not shown/g)).toHaveLength(4);
  expect(picturesOf({ ...one, data: `${data}${'A'.repeat(5_000_000)}` })).toEqual([]);
});

test('a result of thousands of blocks is cut, and says so', () => {
  const blocks = Array.from({ length: 2_500 }, () => ({ type: 'text', text: 'x' }));
  expect(formatContent(blocks)).toMatch(/x\n\[500 more blocks; not shown\]$/);
});

test('what is kept of a long result holds no keys', () => {
  const outputFolder = mkdtempSync(join(tmpdir(), 'wink-result-'));
  const redact = (text: string) => text.replaceAll('hidden', '[redacted]');
  const shown = clipResult(`hidden ${'x'.repeat(40_000)}`, 'one', { outputFolder, redact });
  expect(shown).toContain('all of it is in');
  expect(readFileSync(join(outputFolder, readdirSync(outputFolder)[0]!), 'utf8')).toMatch(/^\[redacted\] xxx/);
});
