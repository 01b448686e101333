import { stripVTControlCharacters } from 'node:util';
import type { ReactNode } from 'react';
import { isWayOut, type Press, type TerminalKey } from '../../input/key-parser.ts';
import { createLineInput, type LineInput } from '../../input/line-input.ts';
import type { DrawContext } from '../../text/draw-context.ts';
import { renderRows } from '../../text/render-rows.tsx';
import type { Panel } from '../panel.ts';
import type { Panels } from '../panel-stack.ts';
import { lowPage, Page } from './Page.tsx';

/** A part of a page: its head is always shown, its body when it is open. */
export type Section = {
  readonly head: ReactNode;
  readonly body?: () => ReactNode;
  readonly isOpen?: boolean;
  /** Rows are laid out once for the same subject; without one, whenever the page may have changed. */
  readonly subject?: object;
};

export type PageOptions = {
  readonly title: string;
  /** Asked for when the page is drawn after a change. */
  readonly sections: () => readonly Section[];
  /** What the sections come from: the page is laid out anew when it is another one. */
  readonly version: () => unknown;
  /** Keys in addition to the page's own, with the section that the cursor is in; true when used. */
  readonly press?: (key: Press, section: number) => boolean;
  readonly help: string;
  /** What the last key did, in place of the help; empty when there is nothing to say. */
  readonly told?: () => string;
  /** Starts at the end instead of the beginning. */
  readonly startsAtEnd: boolean;
  /** Called once every row has been in sight, one after the other from the first on. */
  readonly onSeen?: () => void;
  readonly onClose?: () => void;
};

type Row = { readonly text: string; readonly section: number };

/** Opens a page over the whole screen: a cursor moved by arrows, j and k, page keys, g and G; Enter folds and unfolds; / searches. */
export function openPage(panels: Panels, options: PageOptions): void {
  const layout = createLayout(options);
  let cursor = options.startsAtEnd ? Number.MAX_SAFE_INTEGER : 0;
  let scroll = 0;
  let height = 10;
  let seenRows = 0;
  let search: { readonly line: LineInput; readonly isOpen: boolean } | undefined;
  let isMissing = false;
  const here = () => layout.rows()[cursor]?.section ?? 0;
  const find = (direction: 1 | -1, from: number) => {
    const words = search?.line.text().toLowerCase() ?? '';
    const rows = layout.rows();
    const inOrder = rows.map((_, step) => (from + direction * step + rows.length * 2) % rows.length);
    const found = words === '' ? cursor : inOrder.find((at) => plainText(rows[at]).includes(words));
    isMissing = found === undefined;
    cursor = found ?? cursor;
  };
  const pressSearch = (key: TerminalKey, line: LineInput) => {
    if (key.type === 'key' && key.name === 'escape') search = undefined;
    else if (key.type === 'key' && key.name === 'return') search = { line, isOpen: false };
    else {
      line.press(key);
      find(1, cursor);
    }
  };
  const pressPage = (key: Press) => {
    if (key.text === '/') {
      search = { line: createLineInput(''), isOpen: true };
      return layout.toggleAll(true);
    }
    if (search && (key.text === 'n' || key.text === 'N'))
      return find(key.text === 'n' ? 1 : -1, cursor + (key.text === 'n' ? 1 : -1));
    if (options.press?.(key, here())) return layout.forget();
    const target = moveCursor(key, cursor, height, layout.rows().length);
    const section = here();
    if (target !== undefined) cursor = target;
    else if (key.text === 'a' || key.text === 'z') layout.toggleAll(key.text === 'a');
    else if (key.name === 'return' || key.text === ' ' || key.name === 'right' || key.name === 'left') {
      layout.toggle(section, key.name === 'right' ? true : key.name === 'left' ? false : undefined);
      cursor = Math.max(
        0,
        layout.rows().findIndex((row) => row.section === section),
      );
    }
  };
  const panel: Panel = {
    isFull: true,
    field: () => (search?.isOpen ? search.line : undefined),
    prepare: (look) => {
      // Below the title and its rule, above up to three rows that say what the keys do.
      height = Math.max(1, look.rows - (look.rows < lowPage ? 4 : 6));
      const wasAtEnd = options.startsAtEnd && cursor >= layout.rows().length - 1;
      const count = layout.rows(look).length;
      if (wasAtEnd) cursor = count;
      cursor = Math.max(0, Math.min(cursor, count - 1));
      scroll = Math.max(0, Math.min(Math.max(scroll, cursor - height + 1), cursor, Math.max(0, count - height)));
      if (scroll <= seenRows) seenRows = Math.max(seenRows, scroll + height);
      if (seenRows >= count) options.onSeen?.();
    },
    render: () => (
      <Page
        title={options.title}
        rows={layout
          .rows()
          .slice(scroll, scroll + height)
          .map(({ text }) => text)}
        cursor={cursor - scroll}
        help={options.help}
        told={
          (search && isMissing && `“${search.line.text()}” was not found on this page.`) || (options.told?.() ?? '')
        }
        search={search?.isOpen ? search.line : undefined}
        hidesQuestion={panels.isAsking() && !options.onSeen}
      />
    ),
    press: (key) => {
      if (search?.isOpen) pressSearch(key, search.line);
      else if (key.type !== 'key') return;
      else if (isWayOut(key) || key.text === 'q' || (key.isCtrl && key.name === 'o')) return leave();
      else pressPage(key);
      panels.repaint();
    },
  };
  const close = panels.open(panel);
  const leave = () => {
    close();
    options.onClose?.();
  };
}

/** The rows of a page, laid out by its components and kept until something changes. */
function createLayout(options: PageOptions) {
  const toggled = new Map<number, boolean>();
  const known = new WeakMap<object, Map<string, string[]>>();
  let sections: readonly Section[] = [];
  let rows: readonly Row[] = [];
  let look: DrawContext | undefined;
  let version: unknown;
  let isStale = true;
  const isOpen = (index: number) => toggled.get(index) ?? sections[index]?.isOpen ?? false;
  const draw = (section: Section, part: 'head' | 'body', to: DrawContext): string[] => {
    const cache = (section.subject && known.get(section.subject)) ?? new Map<string, string[]>();
    if (section.subject) known.set(section.subject, cache);
    const key = `${part} ${to.columns} ${to.theme.name}`;
    const drawn =
      cache.get(key) ??
      renderRows(part === 'head' ? section.head : section.body?.(), to, to.columns - (part === 'head' ? 2 : 4));
    cache.set(key, drawn);
    return drawn;
  };
  const layOut = (to: DrawContext) => {
    sections = options.sections();
    rows = sections.flatMap((section, index): Row[] => [
      ...draw(section, 'head', to).map((text) => ({ text, section: index })),
      ...(section.body && isOpen(index) ? draw(section, 'body', to) : []).map((text) => ({
        text: `  ${text}`,
        section: index,
      })),
    ]);
  };
  const refresh = (to: DrawContext) => {
    const next = options.version();
    if (!isStale && next === version && look?.columns === to.columns && look.theme === to.theme) return;
    look = to;
    version = next;
    isStale = false;
    layOut(to);
  };
  const changed = () => {
    isStale = true;
    if (look) refresh(look);
  };
  return {
    /** The rows; with a look they are laid out again where something has changed. */
    rows: (to?: DrawContext) => {
      if (to) refresh(to);
      return rows;
    },
    toggle: (section: number, wanted: boolean | undefined) => {
      toggled.set(section, wanted ?? !isOpen(section));
      changed();
    },
    toggleAll: (wanted: boolean) => {
      for (const index of sections.keys()) toggled.set(index, wanted);
      changed();
    },
    /** Lays everything out anew at the next paint. */
    forget: changed,
  };
}

function plainText(row: Row | undefined): string {
  return stripVTControlCharacters(row?.text ?? '').toLowerCase();
}

function moveCursor(key: Press, cursor: number, height: number, count: number): number | undefined {
  if (key.name === 'up' || key.text === 'k') return cursor - 1;
  if (key.name === 'down' || key.text === 'j') return cursor + 1;
  if (key.name === 'pageup' || (key.isCtrl && key.name === 'b')) return cursor - height;
  if (key.name === 'pagedown' || (key.isCtrl && key.name === 'f')) return cursor + height;
  if (key.name === 'home' || key.text === 'g') return 0;
  return key.name === 'end' || key.text === 'G' ? count - 1 : undefined;
}
