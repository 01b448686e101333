import type { Permissions } from '../../permissions/permissions.ts';

/**
 * A mode counts for a question that stands once it was left alone for this long: whoever goes from one mode to another with Shift+Tab
 * passes others on the way.
 */
const settleMs = 1_000;

/** Resolves once another mode was chosen and left alone; never after `signal`. */
export function untilModeChanges(
  { mode, onModeChange }: Pick<Permissions, 'mode' | 'onModeChange'>,
  signal: AbortSignal,
): Promise<void> {
  const before = mode();
  return new Promise((resolve) => {
    let timer: NodeJS.Timeout | undefined;
    const stop = onModeChange(() => {
      clearTimeout(timer);
      if (mode() !== before) timer = setTimeout(resolve, settleMs);
    });
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        stop();
      },
      { once: true },
    );
  });
}
