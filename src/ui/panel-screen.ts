import type { Canvas, Snapshot } from './app.ts';
import type { Look } from './look.ts';
import { createPainter } from './painter.ts';
import type { Panel, Panels } from './panel.ts';
import type { Line } from './span.ts';
import type { Shown } from './stream.ts';
import { paintLine } from './theme.ts';

/** A screen of panels alone, below a few printed rows: for questions before there is a session. */
export function createPanelScreen(
  look: () => Look,
  intro: readonly Line[],
): { readonly panels: Panels & { readonly top: () => Panel | undefined }; readonly canvas: Canvas } {
  const stack: Panel[] = [];
  const listeners = new Set<() => void>();
  const paintLines = (lines: readonly Line[]) => lines.map((line) => paintLine(line, look().theme)).join('\n');
  const printed = [{ key: 0, text: paintLines(intro) }];
  let snapshot: Snapshot = { printed, live: '' };
  let shown: Shown = { lines: [] };
  const show = (next: Snapshot, rows: Shown) => {
    snapshot = next;
    shown = rows;
    for (const listener of listeners) listener();
  };
  const painter = createPainter(() => {
    const drawn = stack.at(-1)?.draw(look(), look().rows - 1) ?? { lines: [] };
    show({ printed, live: paintLines(drawn.lines), ...(drawn.cursor ? { cursor: drawn.cursor } : {}) }, drawn);
  });
  return {
    panels: {
      top: () => stack.at(-1),
      open: (panel) => {
        stack.push(panel);
        painter.now();
      },
      close: (panel) => {
        stack.splice(stack.indexOf(panel), 1);
        painter.now();
      },
      repaint: painter.now,
      soon: painter.soon,
    },
    canvas: {
      snapshot: () => snapshot,
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      shown: () => shown,
      blank: () => show({ printed, live: '' }, { lines: [] }),
      paint: painter.now,
      stop: painter.stop,
    },
  };
}
