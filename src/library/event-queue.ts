/** Passes events from a listener, which is never waited for, to one reader that takes them at its own pace. */
export type EventQueue<Item> = {
  readonly push: (item: Item) => void;
  readonly end: () => void;
  readonly fail: (error: unknown) => void;
  /** `onLeave`: the reader went before the end. `onEnd` is awaited before the reader is told of the end. */
  readonly iterate: (hooks: { onLeave: () => void; onEnd: () => Promise<void> }) => AsyncIterable<Item>;
};

export function createEventQueue<Item>(): EventQueue<Item> {
  const items: Item[] = [];
  let isOver = false;
  let fault: { readonly error: unknown } | undefined;
  let wake = () => {};
  const close = () => {
    isOver = true;
    wake();
  };
  return {
    push: (item) => {
      items.push(item);
      wake();
    },
    end: close,
    fail: (error) => {
      fault = { error };
      close();
    },
    iterate: async function* ({ onLeave, onEnd }) {
      let isWhole = false;
      try {
        for (;;) {
          yield* items.splice(0);
          if (items.length > 0) continue;
          if (isOver) break;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        isWhole = true;
      } finally {
        if (!isWhole) onLeave();
        await onEnd();
      }
      if (fault) throw fault.error;
    },
  };
}
