import type { WriteStream } from 'node:tty';
import { createFrameWriter } from './overwrite.ts';
import { type Line, widthOfLine } from './span.ts';

/** What the live region looks like on the screen right now. */
export type Shown = { readonly lines: readonly Line[]; readonly cursor?: { readonly x: number; readonly y: number } };

export type ResizeSteps = {
  readonly shown: () => Shown;
  /** Takes the live region off the screen. */
  readonly blank: () => void;
  /** Draws it anew for the new size. */
  readonly redraw: (columns: number, rows: number) => void;
};

/**
 * The terminal as ink sees it. It never learns the number of rows (our live region is always lower, and ink's way with one that
 * is not is to clear the whole scrollback), and it hears of another width only after what the terminal wrapped was erased.
 */
export function createInkStream(stdout: WriteStream, steps: ResizeSteps): WriteStream {
  let columns = stdout.columns || 80;
  const resize = (listener: () => void) => () => {
    const next = stdout.columns || 80;
    if (next < columns) stdout.write(eraseWrapped(steps.shown(), next));
    steps.blank();
    columns = next;
    listener();
    steps.redraw(next, stdout.rows || 24);
  };
  const writeFrame = createFrameWriter((data) => void stdout.write(data));
  const write = (data: string, done?: () => void) => {
    if (data === '') return stdout.write(data, done);
    writeFrame(data);
    done?.();
    return true;
  };
  const listeners = new Map<unknown, () => void>();
  return new Proxy(stdout, {
    get(target, name) {
      if (name === 'write') return write;
      if (name === 'columns') return columns;
      if (name === 'rows') return Number.MAX_SAFE_INTEGER;
      if (name === 'on') {
        return (event: string, listener: () => void) => {
          const wrapped = event === 'resize' ? resize(listener) : listener;
          listeners.set(listener, wrapped);
          return target.on(event, wrapped);
        };
      }
      if (name === 'off')
        return (event: string, listener: () => void) => target.off(event, listeners.get(listener) ?? listener);
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/**
 * A terminal that became narrower has wrapped the rows of the live region. From the cursor this goes up to its first row, erases
 * everything below, and puts the cursor back on the row where ink believes it to be.
 */
export function eraseWrapped({ lines, cursor }: Shown, columns: number): string {
  const rowsOf = (line: Line) => Math.max(1, Math.ceil(widthOfLine(line) / columns));
  const y = cursor?.y ?? lines.length;
  const above = lines.slice(0, y).reduce((sum, line) => sum + rowsOf(line), 0) + Math.floor((cursor?.x ?? 0) / columns);
  const below = lines.length - y;
  return `${above > 0 ? `\u001b[${above}A` : ''}\r\u001b[J${'\n'.repeat(lines.length)}${below > 0 ? `\u001b[${below}A` : ''}`;
}
