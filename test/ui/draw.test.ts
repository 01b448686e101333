import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawDiff } from '../../src/ui/diff.ts';
import { drawMarkdownText } from '../../src/ui/draw-items.ts';
import { drawStatus } from '../../src/ui/draw-status.ts';
import { asciiGlyphs, supportsUnicode, unicodeGlyphs } from '../../src/ui/glyphs.ts';
import { highlight } from '../../src/ui/highlight.ts';
import { duration, type Look, money, tokens } from '../../src/ui/look.ts';
import { drawMarkdown } from '../../src/ui/markdown.ts';
import { overwrite } from '../../src/ui/overwrite.ts';
import { plain, span, widthOfLine } from '../../src/ui/span.ts';
import { findCut } from '../../src/ui/stream-split.ts';
import { colourDepth, createTheme, paintLine, themeNames } from '../../src/ui/theme.ts';
import { createView } from '../../src/ui/view.ts';
import { expandTabs, wrapLine } from '../../src/ui/wrap.ts';
import { exampleDiff } from './fake-session.ts';

const options = { columns: 40, glyphs: unicodeGlyphs, highlight };
const look: Look = {
  theme: createTheme('dark', 'true'),
  glyphs: unicodeGlyphs,
  columns: 40,
  rows: 24,
  showsReasoning: false,
  hasReducedMotion: false,
  home: '/home/me',
};
const shown = (source: string) => drawMarkdown(source, options).map(plain);

describe('wrapping', () => {
  it('loses nothing but blanks at breaks, and no row is too wide', () => {
    const words = fc.array(fc.constantFrom('word', 'longer-word', '日本語', '👩‍👩‍👧', ' ', '  ', 'x'.repeat(50), 'é'), {
      maxLength: 30,
    });
    fc.assert(
      fc.property(words, fc.integer({ min: 4, max: 60 }), (parts, columns) => {
        const rows = wrapLine([span(parts.join(''))], columns);
        for (const row of rows) expect(widthOfLine(row)).toBeLessThanOrEqual(columns);
        expect(rows.map(plain).join('').replaceAll(' ', '')).toBe(parts.join('').replaceAll(' ', ''));
      }),
      { numRuns: 500 },
    );
  });

  it('puts tabs at multiples of their size', () => {
    expect(expandTabs('a\tb\n\tc')).toBe('a   b\n    c');
  });
});

describe('Markdown', () => {
  it('draws lists, nested ones and tasks', () => {
    expect(shown('- one\n- two\n  - inner\n- [x] done\n- [ ] open')).toEqual([
      '• one',
      '• two',
      '  • inner',
      '[x] done',
      '[ ] open',
    ]);
    expect(shown('3. three\n4. four')).toEqual(['3. three', '4. four']);
  });

  it('draws tables that fit, with wrapped cells', () => {
    const rows = shown('| a | b |\n|---|--:|\n| short | a much longer cell that has to be wrapped |');
    expect(rows[0]).toMatch(/^a +│ +b$/);
    for (const row of rows) expect(row.length).toBeLessThanOrEqual(40);
  });

  it('shows where a link leads, and marks code', () => {
    expect(shown('See [the docs](https://e.org) and `code &amp; more`.')).toEqual([
      'See the docs (https://e.org) and code &',
      'more.',
    ]);
  });

  it('keeps every line of code, coloured by its language', () => {
    const lines = drawMarkdown('```js\nconst a = "x"; // y\n\n  b();\n```', options);
    expect(lines.map(plain)).toEqual(['  const a = "x"; // y', '', '    b();']);
    expect(lines[0]?.some((piece) => piece.style?.role === 'keyword' && piece.text === 'const')).toBe(true);
  });

  it('never lets a row be wider than the screen, whatever the source', () => {
    const sources = fc.array(
      fc.constantFrom(
        '# ',
        '- ',
        '1. ',
        '> ',
        '```',
        '\n',
        '\n\n',
        '|',
        '---',
        'word ',
        '**',
        '`',
        '[a](b)',
        '日本',
        'x'.repeat(45),
      ),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(sources, (parts) => {
        for (const line of drawMarkdownText(parts.join(''), {
          ...look,
          markdown: (source, columns) => drawMarkdown(source, { ...options, columns }),
        })) {
          expect(widthOfLine(line)).toBeLessThanOrEqual(40);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('cutting a growing answer', () => {
  it('cuts after whole blocks and inside code, never in a table', () => {
    expect(findCut('one\n\ntwo\n', 1)?.characters).toBe('one\n\n'.length);
    expect(findCut('```js\na\nb\nc', 1)).toEqual({
      characters: '```js\na\nb\n'.length,
      rest: { isTight: true, fence: '```js' },
    });
    expect(findCut('| a |\n|---|\n| 1 |\n| 2 |', 0)).toBeUndefined();
  });

  it('gives the same code, line by line, wherever it is cut', () => {
    const code = Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 28 }), (keep) => {
        const text = `\`\`\`\n${code}\n\`\`\``;
        const cut = findCut(text, keep);
        if (!cut) return;
        const head = drawMarkdown(text.slice(0, cut.characters), options);
        const tail = drawMarkdown(`${cut.rest.fence}\n${text.slice(cut.characters)}`, options);
        expect([...head, ...tail].map(plain)).toEqual(drawMarkdown(text, options).map(plain));
      }),
    );
  });
});

describe('diffs', () => {
  it('number their lines and mark what differs within a line', () => {
    if (exampleDiff.kind !== 'diff') throw new Error('not a diff');
    const lines = drawDiff(exampleDiff.lines, { columns: 60, limit: 20, ellipsis: '…' });
    expect(lines.map((line) => plain(line).trimEnd())).toEqual([
      '1   export function sum(a: number, b: number) {',
      '2 -   return a - b;',
      '2 +   return a + b;',
      '3   }',
    ]);
    expect(lines[2]?.filter((piece) => piece.style?.role === 'addStrong').map((piece) => piece.text)).toEqual(['+']);
  });
});

describe('colours', () => {
  it.each(themeNames)('has every role in the theme %s, at every depth', (name) => {
    for (const depth of ['none', '16', '256', 'true'] as const) {
      const painted = paintLine(
        [span('x', 'add'), span('y', 'accent'), span('z', 'removeStrong')],
        createTheme(name, depth),
      );
      expect(painted.replace(/\u001b\[[\d;]*m/g, '')).toBe('xyz');
      if (depth === 'none') expect(painted).not.toMatch(/\u001b\[(?:[\d;]*;)?(?:3|4|9|10)\d/);
    }
  });

  it('reads the depth from the environment, NO_COLOR first', () => {
    expect(colourDepth({ NO_COLOR: '1', COLORTERM: 'truecolor' })).toBe('none');
    expect(colourDepth({ TERM: 'xterm-256color', COLORTERM: 'truecolor' })).toBe('true');
    expect(colourDepth({ TERM: 'screen-256color' })).toBe('256');
    expect(colourDepth({ TERM: 'xterm' })).toBe('16');
    expect(colourDepth({ TERM: 'dumb' })).toBe('none');
  });

  it('draws without Unicode where the locale has none', () => {
    expect(supportsUnicode({ LANG: 'C', TERM: 'xterm' })).toBe(false);
    expect(supportsUnicode({ LANG: 'de_DE.UTF-8', TERM: 'xterm' })).toBe(true);
    expect(supportsUnicode({ LANG: 'de_DE.UTF-8', TERM: 'linux' })).toBe(false);
    for (const glyph of Object.values(asciiGlyphs).flat())
      if (typeof glyph === 'string') expect(glyph).toMatch(/^[\x20-\x7e]+$/);
  });
});

describe('the status line', () => {
  it('leaves out what matters least when the terminal is narrow, and never the observer', () => {
    const view = {
      ...createView({ model: 'a-long-model-name', cwd: '/p', approval: 'ask', mode: 'on' }),
      contextTokens: 5_000,
      usage: { inputTokens: 9_000, cachedInputTokens: 4_500, outputTokens: 100, costUsd: 0.5 },
    };
    const facts = { branch: 'main', contextWindow: 100_000 };
    const wide = plain(drawStatus(view, facts, { ...look, columns: 140 }));
    expect(wide).toBe('◆ wink ok · ask · a-long-model-name · 5% of 100k · 9.1k tokens (50% cached) · $0.50 · ⎇ main');
    for (const columns of [60, 40, 20]) {
      const line = drawStatus(view, facts, { ...look, columns });
      expect(widthOfLine(line)).toBeLessThanOrEqual(columns);
      expect(plain(line)).toContain('wink ok');
    }
  });
});

describe('words for numbers', () => {
  it('are short', () => {
    expect([duration(1234), duration(65_000), duration(3_720_000)]).toEqual(['1.2 s', '1 min 05 s', '1 h 02 min']);
    expect([tokens(999), tokens(12_345), tokens(1_234_567)]).toEqual(['999', '12.3k', '1.2M']);
    expect([money(0.00421), money(1.5), money(null)]).toEqual(['$0.0042', '$1.50', undefined]);
  });
});

describe('frames', () => {
  it('overwrite the old rows instead of erasing them first', () => {
    const erase = '\u001b[2K\u001b[1A\u001b[2K\u001b[1A\u001b[2K\u001b[G';
    expect(overwrite(`${erase}one\ntwo\n\u001b[1A`)).toBe('\u001b[2A\rone\u001b[K\ntwo\u001b[K\n\u001b[J\u001b[1A');
    expect(overwrite('\u001b[5C')).toBe('\u001b[5C');
  });
});
