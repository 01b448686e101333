import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyChanges } from '../../tools/edit/change.ts';
import { findMatches as findPlaces } from '../../tools/edit/edit-match.ts';
import { searchText } from '../../tools/edit/searched-text.ts';
import { decodeText, encodeText } from '../../tools/file/codec.ts';

const alphabet = ['a', 'b', ' ', '  ', '\t', '\n', '\r\n', '“', '"', '…', '.', '–', '-', '\u00a0', '{', '}', 'é', '😀'];
const text = fc.array(fc.constantFrom(...alphabet), { maxLength: 60 }).map((parts) => parts.join(''));
const wanted = fc.array(fc.constantFrom(...alphabet), { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));

function findMatches(text: string, oldText: string, newText: string) {
  const { level, places } = findPlaces(searchText(text), oldText, newText);
  return { level, changes: places.map((place) => place.change()) };
}

test('applying an edit and then its inverse is the identity', () => {
  let tried = 0;
  fc.assert(
    fc.property(
      text,
      fc.nat(),
      fc.nat(),
      wanted,
      fc.constantFrom('\n', '\r\n'),
      (draft, from, length, draftNew, ending) => {
        const before = draft.replace(/\r?\n/g, ending);
        const newText = draftNew.replace(/\r?\n/g, ending);
        const start = from % (before.length + 1);
        const oldText = before.slice(start, start + 1 + (length % 10));
        if (oldText === '') return;
        const [change, ...others] = findMatches(before, oldText, newText).changes;
        if (!change || others.length > 0 || oldText.startsWith('\n') || oldText.endsWith('\r')) return;
        const after = applyChanges(before, [change]);
        const back = findMatches(after, newText, oldText);
        const [undo, ...elsewhere] = back.changes;
        if (!undo || elsewhere.length > 0) return;
        tried += 1;
        expect(applyChanges(after, [undo])).toBe(before);
      },
    ),
    { numRuns: 5000 },
  );
  expect(tried).toBeGreaterThan(300);
});

test('a file whose lines end alike still does after an edit, whatever breaks old and new text have', () => {
  const edge = fc.constantFrom('', '\n', '\r\n');
  fc.assert(
    fc.property(
      text,
      fc.nat(),
      fc.nat(20),
      wanted,
      edge,
      fc.constantFrom('\n', '\r\n'),
      (draft, from, length, newText, end, ending) => {
        const before = draft.replace(/\r?\n/g, ending);
        if (!before.includes('\n')) return;
        const start = from % before.length;
        const oldText = before.slice(start, start + 1 + length).replace(/\r$/, '');
        for (const old of [oldText, oldText.replace(/\r?\n/g, '\n'), oldText.replace(/\r?\n/g, '\r\n')]) {
          const [change, ...others] = findMatches(before, old, newText + end).changes;
          if (!change || others.length > 0) continue;
          const breaks = applyChanges(before, [change]).match(/\r*\n/g) ?? [];
          expect(breaks.filter((found) => found !== ending)).toEqual([]);
        }
      },
    ),
    { numRuns: 5000 },
  );
});

test('accents may be composed or not in either text', () => {
  const [composed, parted] = ['caf\u00e9 = 1\nr\u00e9sum\u00e9 = 2\n', 'cafe\u0301 = 1\nre\u0301sume\u0301 = 2\n'];
  for (const [text, old] of [
    [composed, 'cafe\u0301 = 1'],
    [parted, 'caf\u00e9 = 1'],
  ] as const) {
    const { changes } = findMatches(text, old, old.replace('1', '3'));
    expect(changes).toHaveLength(1);
    expect(applyChanges(text, changes)).toBe(text.replace('1', '3'));
  }
});

test('a match at any level changes nothing outside one stretch of the text that compares equal to what was looked for', () => {
  const loose = (value: string) =>
    value
      .replace(/[“”]/g, '"')
      .replace(/–/g, '-')
      .replace(/…/g, '...')
      .replace(/[ \t\u00a0\r\n]+/g, '');
  fc.assert(
    fc.property(text, wanted, wanted, (before, oldText, newText) => {
      for (const change of findMatches(before, oldText, newText).changes) {
        const after = applyChanges(before, [change]);
        expect(after.startsWith(before.slice(0, change.start))).toBe(true);
        expect(after.endsWith(before.slice(change.end))).toBe(true);
        expect(loose(oldText)).toContain(loose(before.slice(change.start, change.end)));
      }
    }),
    { numRuns: 5000 },
  );
});

test('what is found exactly is never looked for more loosely', () => {
  fc.assert(
    fc.property(text, wanted, (before, oldText) => {
      // Half a CRLF is no break of its own.
      if (oldText.startsWith('\n') && before.includes('\r\n')) return;
      const { level, changes } = findMatches(before, oldText, 'x');
      expect(level === 'exact').toBe(before.includes(oldText));
      if (level === 'exact') for (const { start, end } of changes) expect(before.slice(start, end)).toBe(oldText);
    }),
    { numRuns: 2000 },
  );
});

test('any bytes that count as text are written back as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom('', '\ufeff', 'plain text '), (bytes, prefix) => {
      const original = Buffer.concat([Buffer.from(prefix), Buffer.from(bytes)]);
      const decoded = decodeText(original);
      if (typeof decoded !== 'string') expect(encodeText(decoded)).toEqual(original);
    }),
    { numRuns: 3000 },
  );
});

test('UTF-16 of both orders is written back as it was', () => {
  fc.assert(
    fc.property(fc.uint16Array({ maxLength: 100 }), fc.boolean(), (units, isBig) => {
      const original = Buffer.concat([
        Buffer.from(isBig ? [0xfe, 0xff] : [0xff, 0xfe]),
        Buffer.from(units.buffer, units.byteOffset, units.byteLength),
      ]);
      const decoded = decodeText(original);
      if (typeof decoded !== 'string') expect(encodeText(decoded)).toEqual(original);
    }),
  );
});
