import { statSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readStart, scanLines } from '../../tools/search/scan-lines.ts';

/** An open file that gives a part with each read, as files of the system do, and says that it has this size. */
function openShort(text: string, size: number) {
  const bytes = Buffer.from(text);
  return {
    stats: Object.assign(statSync(import.meta.filename), { size }),
    read: async (into: Buffer, offset: number, length: number, position: number) => ({
      bytesRead: bytes.copy(into, offset, position, position + Math.min(length, 1000)),
    }),
    descriptor: -1,
    readFile: async () => bytes,
    close: () => {},
  };
}

test('a file of the system that gives a part with each read is read to its end', async () => {
  const text = Array.from({ length: 1_000 }, (_, number) => `line ${number}\n`).join('');
  for (const [size, most] of [
    [0, 4096],
    [0, 65_536],
    [text.length, 65_536],
    [text.length + 500, 65_536],
  ] as const) {
    const file = openShort(text, size);
    const start = await readStart(file, most);
    expect(start).toMatchObject({ isWhole: size > 0 });
    const lines: string[] = [];
    const signal = new AbortController().signal;
    await scanLines({ file, start, encoding: 'utf-8', skipBytes: 0, keep: 100, signal }, (line) => {
      lines.push(line.text);
      return true;
    });
    expect(lines.map((line) => `${line}\n`).join('')).toBe(text);
  }
  expect((await readStart(openShort('short\n', 0), 65_536)).isWhole).toBe(true);
});
