import type { Printed } from '../components/conversation/Transcript.tsx';
import type { AppState } from './app-state.ts';
import { joinParts } from './stream-split.ts';
import type { Item } from './view.ts';

/** Items printed with one paint: a long session that is resumed comes in pieces, so that no piece is large. */
const printedAtOnce = 60;

/** The latest items of a long session that are printed when it is continued: some twenty windows of text, in a third of a second. */
const resumed = 300;

/** Those that are printed anew for another width: more than most terminals scroll back, in less than a second. */
const reprinted = 1_000;

/** Hands out the finished items in their order, each once; none with Markdown before its renderer is there. */
export function createPrinter(state: Pick<AppState, 'view' | 'look'>) {
  let next = 0;
  let key = 0;
  let most = resumed;
  let seen: readonly Item[] = state.view.items;
  const isReady = (item: Item | undefined) =>
    item !== undefined && (state.look.Markdown !== undefined || (item.kind !== 'text' && item.kind !== 'shown'));
  return {
    hasMore: () => isReady(state.view.items[next]),
    restart: () => {
      next = 0;
      most = reprinted;
    },
    take: (): Printed[] => {
      const { items } = state.view;
      if (items.length < next || items[0] !== seen[0]) next = 0;
      seen = items;
      const printed: Printed[] = [];
      const print = (item: Item | undefined, previous: Item | undefined) => {
        if (item) printed.push({ key: key++, item, previous: previous?.kind, look: state.look });
      };
      for (; printed.length < printedAtOnce && isReady(items[next]); next++) {
        const previous = items[next - 1];
        // At another width the parts of an answer would end elsewhere.
        const first = next;
        while (isPart(items[next + 1])) next += 1;
        print(joinParts(items.slice(first, next + 1))[0], previous);
        const skipped = items.length - most - next - 1;
        if (next > 0 || skipped <= 0) continue;
        print(describeSkipped(skipped), items[next]);
        next += skipped;
      }
      return printed;
    },
  };
}

function isPart(item: Item | undefined): boolean {
  return item?.kind === 'text' && item.after !== undefined;
}

function describeSkipped(count: number): Item {
  const text =
    count === 1
      ? '1 earlier entry of this session is not printed; Ctrl+O shows it.'
      : `${count} earlier entries of this session are not printed; Ctrl+O shows them.`;
  return { kind: 'notice', level: 'info', text };
}
