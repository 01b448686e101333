import { expect, test } from 'vitest';
import { readPage } from '../../src/web/read-page.ts';

const read = async (type: string, bytes: Buffer, charset?: string) => {
  const url = new URL('https://example.org/a');
  const body = { kind: 'body', url, status: 200, statusText: 'OK', type, charset, bytes, isCut: false } as const;
  const noPdf = async () => [];
  return (await readPage(body, noPdf, new AbortController().signal)).text;
};
/** Every byte but zero, in no order that a text has. */
const noise = Buffer.from(Array.from({ length: 2000 }, (_, at) => ((at * 167) % 255) + 1));

test.each([
  ['application/octet-stream', noise],
  ['text/plain', noise],
  ['', noise.subarray(0, 60)],
  ['font/woff2', Buffer.from('wOF2 \u00ff\u00fe\u00e9\u00e8 and more', 'latin1')],
  ['application/zip', Buffer.from('PK and \u00f8\u00e5 only', 'latin1')],
])(
  'bytes of the type %j that are no text are said to be none, without a zero byte in them, too',
  async (type, bytes) => {
    await expect(read(type, bytes)).rejects.toThrow('that is not text');
  },
);

test.each([
  ['text/plain', Buffer.from('na\u00efve caf\u00e9', 'latin1'), 'na\u00efve caf\u00e9', undefined],
  ['text/plain', Buffer.from('\u001b$B$3$s\u001b(B', 'latin1'), '\u3053\u3093', 'iso-2022-jp'],
  ['text/csv', Buffer.from([0xcf, 0xf0, 0xe8]), '\u041f\u0440\u0438', 'windows-1251'],
  ['application/x-sh', Buffer.from('echo \u00fc\n'), 'echo \u00fc\n', undefined],
  ['application/x-log', Buffer.from(`${'a'.repeat(65_535)}\u00fc`), `${'a'.repeat(65_535)}\u00fc`, undefined],
  ['text/plain', Buffer.from('\u001b[31mred\u001b[0m\t1\r\n'), '\u001b[31mred\u001b[0m\t1\r\n', undefined],
])('a text of the type %j is read in its encoding', async (type, bytes, text, charset) => {
  expect(await read(type, bytes, charset)).toBe(text);
});
