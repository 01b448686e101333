import type { Drawn } from './draw-composer.ts';
import type { Key } from './keys.ts';
import { createLineInput, type LineInput } from './line-input.ts';
import type { Look } from './look.ts';
import type { Panel, Panels } from './panel.ts';
import { type Line, plain, span, truncateLine } from './span.ts';

/** A part of a page: its head is always shown, its body when it is open. */
export type Section = {
  readonly head: Line;
  readonly body?: (look: Look) => readonly Line[];
  readonly isOpen?: boolean;
};

export type PageOptions = {
  readonly title: string;
  /** Asked for at each paint, so that a page follows what goes on. */
  readonly sections: (look: Look) => readonly Section[];
  /** Keys beside the page's own, with the section that the cursor is in; true when used. */
  readonly press?: (key: Extract<Key, { type: 'key' }>, section: number) => boolean;
  readonly help: string;
  /** Starts at the end instead of the beginning. */
  readonly startsAtEnd: boolean;
};

type Row = { readonly line: Line; readonly section: number; readonly isHead: boolean };

/** Opens a page over the whole screen: a cursor moved by arrows, j and k, page keys, g and G; Enter folds and unfolds. */
export function openPage(panels: Panels, options: PageOptions): void {
  const toggled = new Map<number, boolean>();
  let sections: readonly Section[] = [];
  let rows: readonly Row[] = [];
  let cursor = options.startsAtEnd ? Number.MAX_SAFE_INTEGER : 0;
  let scroll = 0;
  let height = 10;
  let search: { readonly line: LineInput; readonly isOpen: boolean } | undefined;
  const find = (direction: 1 | -1, from: number) => {
    const words = search?.line.text().toLowerCase() ?? '';
    if (words === '' || rows.length === 0) return;
    for (let step = 0; step < rows.length; step++) {
      const at = (from + direction * step + rows.length * 2) % rows.length;
      const row = rows[at];
      if (row && plain(row.line).toLowerCase().includes(words)) {
        cursor = at;
        return;
      }
    }
  };
  const pressSearch = (key: Key, line: LineInput) => {
    if (key.type === 'key' && key.name === 'escape') search = undefined;
    else if (key.type === 'key' && key.name === 'return') search = { line, isOpen: false };
    else {
      line.press(key);
      find(1, cursor);
    }
    panels.repaint();
  };
  const isOpen = (index: number) => toggled.get(index) ?? sections[index]?.isOpen ?? false;
  const here = () => rows[cursor]?.section ?? 0;
  const toggle = (wanted: boolean) => {
    const section = here();
    toggled.set(section, wanted);
    cursor = rows.findIndex((row) => row.section === section);
  };
  const panel: Panel = {
    isFull: true,
    draw: (look, maxRows) => {
      sections = options.sections(look);
      rows = layOut(sections, isOpen, { ...look, columns: look.columns - 4 });
      height = Math.max(1, maxRows - 3);
      cursor = Math.max(0, Math.min(cursor, rows.length - 1));
      scroll = Math.max(0, Math.min(Math.max(scroll, cursor - height + 1), cursor, Math.max(0, rows.length - height)));
      const shown = rows.slice(scroll, scroll + height);
      return drawPage(options, shown, cursor - scroll, look, height, search?.isOpen ? search.line : undefined);
    },
    press: (key) => {
      if (search?.isOpen) return pressSearch(key, search.line);
      if (key.type !== 'key') return;
      if (key.text === '/') {
        search = { line: createLineInput(''), isOpen: true };
        for (const index of sections.keys()) toggled.set(index, true);
        return panels.repaint();
      }
      if (search && (key.text === 'n' || key.text === 'N')) {
        find(key.text === 'n' ? 1 : -1, cursor + (key.text === 'n' ? 1 : -1));
        return panels.repaint();
      }
      if (key.name === 'escape' || key.text === 'q' || (key.isCtrl && (key.name === 'c' || key.name === 'o')))
        return panels.close(panel);
      if (options.press?.(key, here())) return panels.repaint();
      const target = moveCursor(key, cursor, height, rows.length);
      if (target !== undefined) cursor = target;
      else if (key.name === 'return' || key.text === ' ') toggle(!isOpen(here()));
      else if (key.name === 'right' || key.name === 'left') toggle(key.name === 'right');
      else if (key.text === 'a' || key.text === 'z')
        for (const index of sections.keys()) toggled.set(index, key.text === 'a');
      panels.repaint();
    },
  };
  panels.open(panel);
}

function layOut(sections: readonly Section[], isOpen: (index: number) => boolean, look: Look): Row[] {
  return sections.flatMap((section, index): Row[] => {
    const head: Row = { line: section.head, section: index, isHead: true };
    const body = section.body && isOpen(index) ? section.body(look) : [];
    return [head, ...body.map((line): Row => ({ line: [span('  '), ...line], section: index, isHead: false }))];
  });
}

function moveCursor(
  key: Extract<Key, { type: 'key' }>,
  cursor: number,
  height: number,
  count: number,
): number | undefined {
  if (key.name === 'up' || key.text === 'k') return cursor - 1;
  if (key.name === 'down' || key.text === 'j') return cursor + 1;
  if (key.name === 'pageup' || (key.isCtrl && key.name === 'b')) return cursor - height;
  if (key.name === 'pagedown' || (key.isCtrl && key.name === 'f')) return cursor + height;
  if (key.name === 'home' || key.text === 'g') return 0;
  return key.name === 'end' || key.text === 'G' ? count - 1 : undefined;
}

function drawPage(
  options: PageOptions,
  rows: readonly Row[],
  cursor: number,
  look: Look,
  height: number,
  search?: LineInput,
): Drawn {
  const { columns, glyphs } = look;
  const body = rows.map(
    (row, index): Line =>
      truncateLine(
        [span(index === cursor ? `${glyphs.pointer} ` : '  ', 'selected'), ...row.line],
        columns,
        glyphs.ellipsis,
      ),
  );
  const filler = Array.from({ length: height - body.length }, (): Line => []);
  return {
    lines: [
      truncateLine([span(options.title, 'accent', { isBold: true })], columns),
      [span(glyphs.rule.repeat(columns), 'quiet')],
      ...body,
      ...filler,
      search
        ? [span('/', 'accent'), ...search.draw(columns - 2).line]
        : truncateLine([span(options.help, 'quiet')], columns, glyphs.ellipsis),
    ],
    ...(search ? { cursor: { x: 1 + search.draw(columns - 2).column, y: height + 2 } } : {}),
  };
}
