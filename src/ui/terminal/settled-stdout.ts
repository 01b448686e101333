import { EventEmitter } from 'node:events';
import type { WriteStream } from 'node:tty';

/** What ink writes before and behind a picture, so that the terminal shows it at once (DEC mode 2026). */
const begin = '\u001b[?2026h';
const end = '\u001b[?2026l';

/** How long no other size may come before one counts: a window that is dragged has another one at each of its pictures. */
const settleMs = 80;

/** The terminal as it is drawn on. Its size is one that has settled: a picture for a size in between is torn by the next one. */
export type SettledStdout = ReturnType<typeof settleStdout>;

export function settleStdout(target: WriteStream) {
  const sizes = new EventEmitter();
  let isMuted = false;
  let gathered: string[] | undefined;
  let timer: NodeJS.Timeout | undefined;
  const emitterOf = (event: string) => (event === 'resize' ? sizes : target);
  const own = {
    columns: target.columns,
    rows: target.rows,
    on: (event: string, listener: () => void) => emitterOf(event).on(event, listener),
    off: (event: string, listener: () => void) => emitterOf(event).off(event, listener),
    prependListener: (event: string, listener: () => void) => emitterOf(event).prependListener(event, listener),
    write: (data: string, ...rest: (() => void)[]) => {
      if (isMuted) return true;
      if (gathered === undefined) return target.write(data, ...rest);
      if (data !== begin && data !== end) gathered.push(data);
      return true;
    },
  };
  const settle = () => {
    timer = undefined;
    own.columns = target.columns;
    own.rows = target.rows;
    sizes.emit('resize');
  };
  target.on('resize', () => {
    clearTimeout(timer);
    timer = setTimeout(settle, settleMs);
  });
  const stdout = new Proxy(target, {
    get: (_, name) => {
      const value: unknown = Reflect.get(name in own ? own : target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  return {
    /** `resize` comes once the size has settled. */
    stdout,
    /** Asks the terminal for its size; true while that changes, and a picture would be torn. */
    isResizing: () => {
      // Node asks the terminal on this signal; one that is on its way is seen before it comes.
      process.emit('SIGWINCH', 'SIGWINCH');
      return timer !== undefined;
    },
    /** Drops what is written to `stdout` from now on, or no longer. */
    setMuted: (next: boolean) => {
      isMuted = next;
    },
    /** Whatever is written to `stdout` during `work` goes to the terminal in one piece, and is shown at once. */
    frame: (work: () => void) => {
      const parts: string[] = [];
      gathered = parts;
      try {
        work();
      } finally {
        gathered = undefined;
        if (parts.length > 0) target.write(`${begin}${parts.join('')}${end}`);
      }
    },
  };
}
