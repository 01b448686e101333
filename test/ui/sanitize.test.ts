import fc from 'fast-check';
import { createElement } from 'react';
import { describe, expect, it } from 'vitest';
import { isClean, sanitize, stripControls } from '../../src/core/text/sanitize.ts';
import { Tone } from '../../src/ui/components/layout/Tone.tsx';
import { createDrawContext } from '../../src/ui/text/draw-context.ts';
import { renderRows } from '../../src/ui/text/render-rows.tsx';

describe('sanitizing', () => {
  it('removes whole sequences and keeps the words', () => {
    expect(sanitize('a\u001b[31mred\u001b[0m b')).toBe('ared b');
    expect(sanitize('x\u001b]0;title\u0007y\u001b]8;;http://e\u001b\\z')).toBe('xyz');
    expect(sanitize('\u009b2Jgone')).toBe('gone');
  });

  it('shows stray controls and characters that reorder text', () => {
    expect(sanitize('a\u0007b\u202ec')).toBe('a␇b<U+202E>c');
  });

  it('shows what takes no room, and leaves joiners and emoji styles where words and pictures need them', () => {
    expect(sanitize('a\u200bb\u00adc\u3164')).toBe('a<U+200B>b<U+00AD>c<U+3164>');
    expect(sanitize('ad\u200dmin a\u200d\u202eb x\ufe0f')).toBe('ad<U+200D>min a<U+200D><U+202E>b x<U+FE0F>');
    const prose = '👩‍👩‍👧 🏃‍♂️ 1️⃣ ❤️ \u0645\u06cc\u200c\u062e API\u200c\u0647\u0627 \u0915\u094d\u200d\u0937';
    expect(sanitize(prose)).toBe(prose);
  });

  it('leaves what a model must find in a file as it is', () => {
    expect(stripControls('a\u200bb\u00ad \u001b[1mc\u202e 1%\r2%')).toBe('2%');
    expect(stripControls('a\u200bb\u00ad \u001b[1mc\u202e')).toBe('a\u200bb\u00ad c<U+202E>');
  });

  it('keeps the last state of a line that was overwritten', () => {
    expect(sanitize('10%\r50%\r100%\ndone\r\n')).toBe('100%\ndone\n');
  });

  it('leaves nothing that a terminal would obey, and is idempotent', () => {
    const nasty = fc.array(
      fc.constantFrom(
        'a',
        '\u001b',
        '[',
        ']',
        '31m',
        '\u0007',
        '\u009b',
        'P',
        '\\',
        '\n',
        '\r',
        '\t',
        '\u202e',
        ';',
        '?',
        '\u007f',
        '日',
        '\u200d',
        '\ufe0f',
        '👩',
        '\u200b',
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(
        nasty.map((parts) => parts.join('')),
        (text) => {
          const safe = sanitize(text);
          expect(isClean(safe)).toBe(true);
          expect(sanitize(safe)).toBe(safe);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('is the last guard where components become bytes: only our own colours pass', () => {
    const look = createDrawContext({}, { TERM: 'xterm-256color', LANG: 'C.UTF-8' }, { columns: 81, rows: 24 });
    for (const node of [
      createElement(Tone, { role: 'bad' }, 'a\u001b[2J\nb'),
      createElement(Tone, null, 'a\u001b]0;x\u0007␊b'),
    ])
      expect(renderRows(node, look).map((row) => row.replace(/\u001b\[[\d;]*m/g, ''))).toEqual(['a␊b']);
  });
});
