import type { Event } from '../../core/event.ts';
import { reduce } from './reduce.ts';
import type { Item, StepCell, View } from './view.ts';

/**
 * The view after the events of a session's past, as `reduce` makes it of one after the other. Its long lists are copied once and not for
 * each event: a long session has tens of thousands.
 */
export function reducePast(view: View, events: readonly Event[], at: number): View {
  const items: Item[] = [...view.items];
  const cells: StepCell[] = [...view.watch.cells];
  let next = view;
  for (const event of events) {
    next = reduce({ ...next, items: [], watch: { ...next.watch, cells: [] } }, event, at);
    items.push(...next.items);
    cells.push(...next.watch.cells);
  }
  return { ...next, items, watch: { ...next.watch, cells } };
}
