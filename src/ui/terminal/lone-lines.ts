/** Lines that are read closer together than this are one paste: nobody types so fast. */
export const pasteMs = 100;

/**
 * Hands on each line of an input with whether it came alone. One of a pasted text is known by the line before it, or the one behind it, for
 * which each waits a moment.
 */
export function loneLines(take: (line: string, isAlone: boolean) => void): {
  readonly take: (line: string) => void;
  /** The input is over: what still waits is handed on. */
  readonly end: () => void;
} {
  let waiting: { readonly line: string; readonly timer: NodeJS.Timeout } | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  const release = (isAlone: boolean) => {
    const held = waiting;
    waiting = undefined;
    clearTimeout(held?.timer);
    if (held) take(held.line, isAlone);
  };
  return {
    take: (line) => {
      const isBehind = performance.now() - readAt < pasteMs;
      readAt = performance.now();
      release(false);
      if (isBehind) return take(line, false);
      // On a busy machine the time may be over before the next line is read: that comes first.
      const timer = setTimeout(() => setImmediate(() => waiting?.timer === timer && release(true)), pasteMs);
      waiting = { line, timer };
    },
    end: () => release(false),
  };
}
