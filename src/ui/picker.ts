import type { Drawn } from './draw-composer.ts';
import { rank } from './fuzzy.ts';
import { createLineInput } from './line-input.ts';
import type { Look } from './look.ts';
import type { Panel, Panels } from './panel.ts';
import { type Line, remarkColumn, span, truncateLine } from './span.ts';

export type Entry<Value> = { readonly label: string; readonly detail?: string; readonly value: Value };

export type PickerOptions<Value> = {
  readonly title: string;
  readonly entries: readonly Entry<Value>[];
  /** Selected at first. */
  readonly initial?: number;
  readonly empty: string;
};

/** A list to pick from; typing narrows it. Resolves to undefined on Esc. */
export function openPicker<Value>(panels: Panels, options: PickerOptions<Value>): Promise<Value | undefined> {
  return new Promise((resolve) => {
    const query = createLineInput('');
    let matches = options.entries;
    let selected = options.initial ?? 0;
    const finish = (value: Value | undefined) => {
      panels.close(panel);
      resolve(value);
    };
    const narrow = () => {
      const text = query.text().trim();
      matches =
        text === ''
          ? options.entries
          : rank(text, options.entries, (entry) => `${entry.label} ${entry.detail ?? ''}`, 200);
      selected = 0;
    };
    const panel: Panel = {
      isFull: false,
      draw: (look, maxRows) =>
        drawPicker(options, matches, selected, query.draw(look.columns - 4), look, Math.min(maxRows, 16)),
      press: (key) => {
        if (key.type === 'key') {
          if (key.name === 'escape' || (key.isCtrl && key.name === 'c')) return finish(undefined);
          if (key.name === 'return') return finish(matches[selected]?.value);
          const step = pickerStep(key.name, key.isCtrl);
          if (step !== 0) selected = Math.max(0, Math.min(matches.length - 1, selected + step));
          else if (query.press(key)) narrow();
        } else if (query.press(key)) narrow();
        panels.repaint();
      },
    };
    panels.open(panel);
  });
}

/** How far a key moves in a list. */
export function pickerStep(name: string, isCtrl: boolean): number {
  if (name === 'up' || (isCtrl && name === 'p')) return -1;
  if (name === 'down' || (isCtrl && name === 'n')) return 1;
  if (name === 'pageup') return -10;
  return name === 'pagedown' ? 10 : 0;
}

function drawPicker<Value>(
  options: PickerOptions<Value>,
  matches: readonly Entry<Value>[],
  selected: number,
  query: { readonly line: Line; readonly column: number },
  look: Look,
  maxRows: number,
): Drawn {
  const { columns, glyphs } = look;
  const room = Math.max(1, maxRows - 4);
  const first = Math.max(0, Math.min(selected - Math.floor(room / 2), matches.length - room));
  const place = remarkColumn(
    options.entries.map(({ label }) => label.replace(/\s+/g, ' ')),
    options.entries.map(({ detail = '' }) => detail),
    columns,
  );
  const rows = matches.slice(first, first + room).map((entry, index): Line => {
    const isSelected = first + index === selected;
    const left: Line = [
      span(`${isSelected ? glyphs.pointer : ' '} `, 'selected'),
      span(entry.label.replace(/\s+/g, ' '), isSelected ? 'selected' : undefined),
    ];
    return place(left, [span(entry.detail ?? '', 'quiet')]);
  });
  const lines: Line[] = [
    [span(glyphs.rule.repeat(columns), 'accent')],
    truncateLine(
      [
        span(options.title, 'accent', { isBold: true }),
        span(`  ${matches.length} of ${options.entries.length}`, 'quiet'),
      ],
      columns,
    ),
    [span(`${glyphs.prompt} `, 'accent'), ...query.line],
    ...(rows.length > 0 ? rows : [[span(`  ${options.empty}`, 'quiet')]]),
    [span('type to narrow, arrows and Enter, Esc closes', 'quiet')],
  ];
  return { lines, cursor: { x: 2 + query.column, y: 2 } };
}
