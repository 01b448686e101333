import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as editing from '../../src/ui/input/buffer.ts';
import { type Composer, edit, emptyComposer, type as typeText } from '../../src/ui/input/composer.ts';
import { createKeyParser, type TerminalKey } from '../../src/ui/input/key-parser.ts';
import { createLineInput } from '../../src/ui/input/line-input.ts';

const characters = fc.constantFrom(
  'a',
  'b',
  ' ',
  '\n',
  '日',
  '👩‍👩‍👧',
  'e\u0301',
  '🇩🇪',
  '-',
  '_',
  '\t',
  '한',
  '[Pasted text #1, 12 lines]',
);
const texts = fc.array(characters, { maxLength: 30 }).map((parts) => parts.join(''));

const keyNames = [
  'left',
  'right',
  'up',
  'down',
  'home',
  'end',
  'backspace',
  'delete',
  'ctrl+w',
  'ctrl+u',
  'ctrl+k',
  'ctrl+y',
  'alt+y',
  'alt+b',
  'alt+f',
  'alt+d',
  'ctrl+t',
  'ctrl+_',
  'alt+_',
  'ctrl+j',
];

function press(name: string): Extract<TerminalKey, { type: 'key' }> {
  const parts = name.split('+');
  return {
    type: 'key',
    name: parts.at(-1) ?? '',
    text: '',
    isCtrl: parts.includes('ctrl'),
    isAlt: parts.includes('alt'),
    isShift: parts.includes('shift'),
  };
}

type Act = { readonly key: string } | { readonly text: string };

const acts = fc.array(
  fc.oneof(
    fc.constantFrom(...keyNames).map((key): Act => ({ key })),
    characters.map((text): Act => ({ text })),
  ),
  { maxLength: 60 },
);

function perform(composer: Composer, act: Act, columns: number): Composer {
  return 'key' in act ? (edit(composer, press(act.key), columns) ?? composer) : typeText(composer, act.text);
}

/** True when no grapheme and no fold reaches over the offset. */
function isBoundary(text: string, offset: number): boolean {
  if (offset === 0) return true;
  for (const fold of text.matchAll(editing.foldPattern))
    if (offset > fold.index && offset < fold.index + fold[0].length) return false;
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset) + text.slice(offset).split('\n')[0];
  const within = offset - (text.lastIndexOf('\n', offset - 1) + 1);
  const segments = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(line)];
  return within === line.length || segments.some((segment) => segment.index === within);
}

describe('editing', () => {
  it('never leaves the cursor inside a character or a fold, whatever is pressed', () => {
    fc.assert(
      fc.property(acts, fc.integer({ min: 4, max: 60 }), (list, columns) => {
        let composer = emptyComposer;
        for (const act of list) {
          composer = perform(composer, act, columns);
          const { text, cursor } = composer.buffer;
          expect(cursor).toBeGreaterThanOrEqual(0);
          expect(cursor).toBeLessThanOrEqual(text.length);
          expect(isBoundary(text, cursor)).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('gives back the text and the cursor after undoing everything, and the end after redoing it', () => {
    fc.assert(
      fc.property(texts, acts, (initial, list) => {
        const start: Composer = { ...emptyComposer, buffer: editing.insert(editing.emptyBuffer, initial) };
        const edits = list.filter((act) => !('key' in act && /_$/.test(act.key)));
        const done = edits.reduce((composer, act) => perform(composer, act, 40), start);
        let undone = done;
        for (let step = 0; step < 100; step++) undone = perform(undone, { key: 'ctrl+_' }, 40);
        expect(undone.buffer.text).toBe(start.buffer.text);
        let redone = undone;
        for (let step = 0; step < 100; step++) redone = perform(redone, { key: 'alt+_' }, 40);
        expect(redone.buffer.text).toBe(done.buffer.text);
      }),
      { numRuns: 200 },
    );
  });

  it('takes back typing with backspace, character by character', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', '日', '👩‍👩‍👧', '🇩🇪x', 'z'), { maxLength: 20 }), (parts) => {
        const typed = parts.reduce((buffer, part) => editing.insert(buffer, part), editing.emptyBuffer);
        let buffer = typed;
        let presses = 0;
        while (buffer.text !== '') {
          buffer = editing.deleteBack(buffer);
          presses += 1;
        }
        expect(presses).toBe([...new Intl.Segmenter().segment(typed.text)].length);
      }),
    );
  });

  it('moves left and right over the same places', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const places: number[] = [];
        let buffer = editing.moveTo({ text, cursor: 0 }, 0);
        while (buffer.cursor < text.length) {
          places.push(buffer.cursor);
          buffer = editing.moveRight(buffer);
        }
        const back: number[] = [];
        while (buffer.cursor > 0) {
          buffer = editing.moveLeft(buffer);
          back.unshift(buffer.cursor);
        }
        expect(back).toEqual(places);
      }),
    );
  });

  it('lays out every character once, in rows that fit', () => {
    fc.assert(
      fc.property(texts, fc.integer({ min: 30, max: 60 }), (text, columns) => {
        const rows = editing.layOut(text, columns);
        expect(rows.map((row) => text.slice(row.start, row.end)).join('')).toBe(text.replaceAll('\n', ''));
        for (const row of rows) expect(editing.place(text, [row], row.end).column).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it('keeps the column when it moves through a shorter line', () => {
    let buffer: editing.Buffer | undefined = { text: 'long line\nab\nlong again', cursor: 7 };
    buffer = editing.moveVertically(buffer, 1, 40);
    expect(buffer?.cursor).toBe('long line\nab'.length);
    buffer = buffer && editing.moveVertically(buffer, 1, 40);
    expect(buffer?.cursor).toBe('long line\nab\n'.length + 7);
  });

  it('kills and yanks as readline does: kills in a row join', () => {
    let composer = typeText(emptyComposer, 'one two three');
    composer = perform(perform(composer, { key: 'ctrl+w' }, 40), { key: 'ctrl+w' }, 40);
    expect(composer.buffer.text).toBe('one ');
    composer = perform(composer, { key: 'ctrl+y' }, 40);
    expect(composer.buffer.text).toBe('one two three');
  });
});

describe('a field of a question', () => {
  /** What it holds and shows after keys; `rows` lines of it are in sight. */
  const written = (keys: string, kind: Parameters<typeof createLineInput>[1], rows = 3) => {
    const field = createLineInput('', kind);
    for (const key of createKeyParser().push(keys)) field.press(key);
    return { text: field.text(), ...editing.rowsInSight(field.buffer(), 40, rows) };
  };
  const pasted = (text: string) => `\u001b[200~${text}\u001b[201~`;

  it('keeps the lines of a paste where words for the model are written, and shows those about the cursor', () => {
    const code = 'def f():\n    return 1\n日本';
    expect(written(`Use ${pasted(code)}`, { keepsLines: true })).toEqual({
      text: `Use ${code}`,
      shown: ['Use def f():', '    return 1', '日本'],
      above: 0,
      row: 2,
      column: 4,
    });
    expect(written(`${pasted(code)}\u001b[A!`, { keepsLines: true }, 1)).toMatchObject({
      text: 'def f():\n    !return 1\n日本',
      shown: ['    !return 1'],
      row: 0,
    });
    const many = Array.from({ length: 2000 }, (_, line) => line).join('\n');
    expect(written(`${pasted(many)} end`, { keepsLines: true })).toMatchObject({
      text: `${many} end`,
      shown: ['[Pasted text #1, 2000 lines] end'],
    });
  });

  it('wraps long words, and shows the rows about the cursor', () => {
    const words = 'Take the smaller of both amounts, and write a test for each side of the bound.';
    expect(written(words, {})).toMatchObject({
      shown: ['Take the smaller of both amounts, and ', 'write a test for each side of the bound.'],
      row: 1,
      column: 40,
    });
    expect(written(`${words}\u0001`, {}, 1)).toMatchObject({
      shown: ['Take the smaller of both amounts, and '],
      above: 0,
      row: 0,
      column: 0,
    });
  });

  it('is one line elsewhere', () => {
    expect(written(`${pasted('a\n  b')}\n\u001b[A`, {})).toMatchObject({ text: 'a b', shown: ['a b'] });
  });
});
