import { sanitize } from '../core/sanitize.ts';
import type { App } from './app.ts';
import { drawCall, drawCallHead, openExtent } from './draw-call.ts';
import { drawItem } from './draw-items.ts';
import { duration, type Look } from './look.ts';
import { openPage, type Section } from './pager.ts';
import { type Line, plain, span, truncateLine } from './span.ts';
import type { Item } from './view.ts';
import { expandTabs, wrapText } from './wrap.ts';

/** Ctrl+O: the whole conversation, with everything that was folded. */
export function openTranscript(app: App): void {
  openPage(app.panels, {
    title: 'Transcript',
    sections: (look) =>
      app.state.view.items.filter((item) => item.kind !== 'welcome').map((item) => sectionOf(app, item, look)),
    help: 'arrows or j k, Enter folds and unfolds, a all, z none, g and G ends, q closes',
    startsAtEnd: true,
  });
}

function sectionOf(app: App, item: Item, look: Look): Section {
  if (item.kind === 'call')
    return {
      head: drawCallHead(item.call, look),
      body: (inner) => [...drawInput(item.call.input, inner), ...drawCall(item.call, inner, openExtent).slice(1)],
    };
  if (item.kind === 'reasoning') {
    const took = item.ms > 0 ? ` for ${duration(item.ms)}` : '';
    return {
      head: [span(`${look.glyphs.dot} thought${took}`, 'quiet', { isItalic: true })],
      body: (inner) =>
        wrapText(expandTabs(sanitize(item.text.trim())), inner.columns, { role: 'quiet', isItalic: true }),
    };
  }
  const draw = (inner: Look) =>
    drawItem(item, inner, { ...app.deps.info, model: app.state.view.model, branch: app.deps.info.branch }).filter(
      (line) => plain(line) !== '' || item.kind === 'text',
    );
  const [head = [], ...rest] = draw({ ...look, columns: look.columns - 4 }).filter(
    (line, index) => index > 0 || plain(line) !== '',
  );
  return { head, isOpen: true, ...(rest.length > 0 ? { body: () => rest } : {}) };
}

/** The arguments as the tool got them. */
function drawInput(input: Readonly<Record<string, unknown>>, look: Look): Line[] {
  return Object.entries(input).flatMap(([name, value]): Line[] => {
    const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
    const rows = expandTabs(sanitize(text)).split('\n');
    if (rows.length === 1)
      return [
        truncateLine([span(`${name}: `, 'name'), span(rows[0] ?? '', 'quiet')], look.columns, look.glyphs.ellipsis),
      ];
    return [
      [span(`${name}:`, 'name')],
      ...rows.flatMap((row) =>
        wrapText(row, look.columns - 2, { role: 'quiet' }).map((line): Line => [span('  '), ...line]),
      ),
    ];
  });
}
