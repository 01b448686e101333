import { expect, test } from 'vitest';
import { redSquare } from '../../src/doctor/picture.ts';
import { formatContent, picturesOf } from '../../src/mcp/result.ts';

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
  expect(picturesOf({ ...one, data: `${data}${'A'.repeat(5_000_000)}` })).toEqual([]);
});
