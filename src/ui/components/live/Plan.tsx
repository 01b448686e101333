import { Box } from 'ink';
import type { PlanItem } from '../../state/view.ts';
import { ListItem } from '../layout/ListItem.tsx';
import { Tone } from '../layout/Tone.tsx';

export type PlanProps = {
  readonly items: readonly PlanItem[];
  /** Rows at most, around the item in progress. */
  readonly maxRows: number;
};

/** What the agent means to do, pinned above the composer while it works, with the item in progress. */
export function Plan({ items, maxRows }: PlanProps) {
  const done = items.filter(({ state }) => state === 'done').length;
  if (items.length === 0 || done === items.length) return null;
  const current = Math.max(
    0,
    items.findIndex(({ state }) => state !== 'done'),
  );
  const before = maxRows === 1 ? 0 : 1;
  const first = Math.max(0, Math.min(current - before, items.length - maxRows));
  return (
    <Box flexDirection="column" flexShrink={0} marginTop={1}>
      <Tone role="quiet">{`to do: ${done} of ${items.length} done`}</Tone>
      {items.slice(first, first + maxRows).map((item, index) => (
        <ListItem key={index} {...item} />
      ))}
    </Box>
  );
}
