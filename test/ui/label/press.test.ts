import { stripVTControlCharacters } from 'node:util';
import { createElement } from 'react';
import { describe, expect, it } from 'vitest';
import type { Code, CodedRun } from '../../../src/core/qualitative-coding.ts';
import { createLineInput, type LineInput } from '../../../src/ui/input/line-input.ts';
import { LabelFrame } from '../../../src/ui/label/Labelling.tsx';
import { currentLabels, type LabelState, startLabelling } from '../../../src/ui/label/label-state.ts';
import { pressLabelKey, submitPrompt } from '../../../src/ui/label/press.ts';
import type { DrawContext } from '../../../src/ui/text/draw-context.ts';
import { unicodeGlyphs } from '../../../src/ui/text/glyphs.ts';
import { renderRows } from '../../../src/ui/text/render-rows.tsx';
import { widthOf } from '../../../src/ui/text/span.ts';
import { createTheme } from '../../../src/ui/text/theme.ts';

const codes: Code[] = [
  { name: 'infinite-loop', category: 'Reasoning Problems', summary: 'does the same again and again', isOpen: false },
  { name: 'false-claim', category: 'Verification Gaps', summary: 'says what is not so', isOpen: false },
];

function run(id: string, steps = 12): CodedRun {
  const step = (index: number) => ({
    index,
    user: index === 4 ? 'No, the other file.' : '',
    text: `I do step ${index}.`,
    calls: [{ name: 'shell', input: `npm test -- ${index}`, output: 'line\n'.repeat(40), isError: index === 3 }],
  });
  return {
    key: id,
    id,
    agent: 'pi',
    task: 'Fix it.',
    steps: Array.from({ length: steps }, (_, at) => step(at)),
    isRead: false,
    others: [],
  };
}

function start(runs: CodedRun[] = [run('a'), run('b')], isAdjudicating = false): LabelState {
  return startLabelling({ runs, codes, coder: 'ana', isAdjudicating });
}

function press(state: LabelState, ...keys: string[]): LabelState {
  return keys.reduce(pressLabelKey, state);
}

const look: DrawContext = {
  theme: createTheme('dark', 'true'),
  glyphs: unicodeGlyphs,
  columns: 100,
  rows: 30,
  showsReasoning: false,
  hasReducedMotion: false,
  home: '',
};

function screen(state: LabelState, size: Partial<DrawContext> = {}, line?: LineInput): string[] {
  const sized = { ...look, ...size };
  return renderRows(createElement(LabelFrame, { moment: [state, line] }), sized).map(stripVTControlCharacters);
}

describe('the labelling screen', () => {
  it('keeps its columns whatever stands in a run: tabs, colours, other control characters', () => {
    const odd = run('a');
    const steps = odd.steps.map((step) => ({
      ...step,
      calls: [
        { name: 'shell', input: 'cat\ta.ts', output: '\tprivate list;\n\u001b[31mred\u001b[0m\u0007', isError: false },
      ],
    }));
    const rows = screen(start([{ ...odd, steps }]));
    const bars = rows.slice(2, -2).map((row) => row.lastIndexOf('│'));
    expect(new Set(bars).size).toBe(1);
    expect(rows.join('\n')).toContain('    private list;');
    expect(rows.join('')).not.toMatch(/[\u001b\u0007\t]/);
  });
});

describe('labelling keys', () => {
  it('marks a class at the open step and sets its range', () => {
    const state = press(start(), 'j', 'j', '1', 'j', 'v', 'j', 'j', 'e', '-', 'l');
    expect(currentLabels(state)).toEqual([
      { class: 'infinite-loop', start: 2, visible: 3, end: 5, confidence: 0.8, severity: 'high', note: '' },
    ]);
  });

  it('keeps a range whole: a later start moves the rest along, an earlier end moves the start back', () => {
    const later = press(start(), '1', 'G', 's');
    expect(currentLabels(later)[0]).toMatchObject({ start: 11, visible: 11, end: 11 });
    const earlier = press(start(), 'G', '1', 'g', 'e');
    expect(currentLabels(earlier)[0]).toMatchObject({ start: 0, end: 0 });
  });

  it('takes back changes one by one and deletes the picked label', () => {
    const two = press(start(), '1', 'j', '2');
    expect(currentLabels(press(two, 'x')).map((label) => label.class)).toEqual(['infinite-loop']);
    expect(currentLabels(press(two, 'x', 'u'))).toHaveLength(2);
    expect(currentLabels(press(two, 'u', 'u'))).toEqual([]);
    expect(press(start(), 'u').message).toContain('Nothing to take back');
    expect(press(start(), 's').message).toContain('There is no label yet');
  });

  it('writes notes, finds a class by its name, adds a code and merges it', () => {
    const noted = submitPrompt(press(start(), '1', 't'), 'the same call');
    expect(currentLabels(noted)[0]?.note).toBe('the same call');
    const claimed = submitPrompt(press(noted, 'c'), 'claim');
    expect(currentLabels(claimed)[1]?.class).toBe('false-claim');
    const named = submitPrompt(press(claimed, 'o'), 'Gold Plating!');
    expect(named.prompt).toMatchObject({ kind: 'code-summary', name: 'gold-plating' });
    const added = submitPrompt(named, 'Adds polish nobody asked for.');
    expect(added.codes.at(-1)).toMatchObject({ name: 'gold-plating', isOpen: true });
    expect(currentLabels(added)[2]?.class).toBe('gold-plating');
    const merged = submitPrompt(press(added, 'm'), 'false');
    expect(merged.codes.at(-1)?.mergedInto).toBe('false-claim');
    expect(currentLabels(merged)[2]?.class).toBe('false-claim');
    expect(submitPrompt(press(start(), 'c'), 'nothing like it').message).toContain('no class like');
  });

  it('is no higher than the terminal while a long note is written', () => {
    const note = createLineInput('the same call with the same error '.repeat(20));
    const rows = screen(press(start(), '1', 't'), { rows: 20 }, note);
    expect(rows.length).toBeLessThan(20);
    expect(rows.at(-1)).toContain('the same error');
  });

  it('marks a run as read when it is left by n, and not when the coder leaves in its middle', () => {
    expect(press(start(), '1', 'n')).toMatchObject({ at: 1, read: ['a'] });
    expect(press(start(), '1', 'q')).toMatchObject({ isLeaving: true, read: [] });
    expect(press(start(), 'n', 'n').message).toContain('last run');
    const back = press(start(), '1', 'n', 'p');
    expect(currentLabels(back)).toHaveLength(1);
  });

  it('takes over the labels of each coder in turn when readings are settled', () => {
    const others = [
      { coder: 'ana', labels: [] },
      {
        coder: 'ben',
        labels: [
          { class: 'false-claim', start: 1, visible: 1, end: 2, confidence: 1, severity: 'low' as const, note: '' },
        ],
      },
    ];
    const state = press(start([{ ...run('a'), others }], true), 'a', 'a');
    expect(currentLabels(state)).toEqual(others[1]!.labels);
    expect(screen(state).join('\n')).toContain('ben:');
    expect(press(start([{ ...run('a'), others }]), 'a').adopted).toBe(-1);
  });
});

describe('labelling screen', () => {
  it.each([
    [100, 30],
    [60, 20],
    [200, 60],
    [80, 24],
  ])('fits %i columns and %i rows', (columns, rows) => {
    const state = press(start(), 'j', 'j', 'j', '1', 'j', 'e', '2');
    const shown = screen(state, { columns, rows });
    // ink takes a screen that is full for one that scrolls, so the last row stays free.
    expect(shown).toHaveLength(rows - 1);
    for (const row of shown) expect(widthOf(row)).toBeLessThanOrEqual(columns);
  });

  it('shows the open step in full, others in a row each, and what the keys do', () => {
    const lines = screen(press(start(), 'j', 'j', 'j', '1'));
    const text = lines.join('\n');
    expect(text).toMatch(/▸ ✗ shell {2}npm test -- 3/);
    expect(text).toContain('I do step 3.');
    expect(text).toMatch(/4 {3}user shell {2}npm test -- 4/);
    expect(text).toContain('does the same again and again');
    expect(text).toContain('3 · 0.9 · medium');
    expect(screen(start()).at(-1)).toContain('n next');
  });

  it('scrolls inside a long step', () => {
    expect(screen(start()).join('\n')).toMatch(/0 rows above, \d+ below/);
    expect(screen(press(start(), ' ')).join('\n')).toMatch(/8 rows above, \d+ below/);
  });

  it('explains all keys and comes back', () => {
    const shown = press(start(), '?');
    expect(screen(shown).join('\n')).toContain('take back the last change');
    expect(press(shown, 'x').isHelpShown).toBe(false);
    const low = { columns: 60, rows: 12 };
    expect(screen(shown, low).slice(2, 5)).toEqual([
      'Keys; any key but space and b goes back',
      'up down, j k      step before, step after; PgUp PgDn ten st…',
      'space b           scroll inside the open step, and here',
    ]);
    expect(screen(press(shown, ' '), low).join('\n')).toMatch(/left right, Tab[\s\S]*8 rows above/);
  });
});
