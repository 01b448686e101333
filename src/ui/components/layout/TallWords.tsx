import { Box } from 'ink';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { Style } from '../../text/span.ts';
import { Words } from './Words.tsx';

export type TallWordsProps = Style & {
  readonly children: string;
  /** Rows of the beginning, and of the end, that can come into sight. */
  readonly inSight: number;
};

/**
 * Words of which only the beginning and the end are laid out: what lies between has room, and takes no time. That is never less than what is
 * in sight, so that the whole never seems to fit.
 */
export function TallWords({ children, inSight, ...style }: TallWordsProps) {
  const { columns } = useDrawContext();
  const lines = children.split('\n');
  const most = inSight * columns * 2;
  const head = lines.slice(0, inSight).join('\n').slice(0, most);
  const tail = lines.slice(-inSight).join('\n').slice(-most);
  if (head.length + tail.length >= children.length) return <Words {...style}>{children}</Words>;
  const between = children.slice(head.length, children.length - tail.length).replace(/^\n|\n$/g, '');
  const rows = between.split('\n').reduce((sum, line) => sum + Math.ceil(Math.max(1, line.length) / columns), 0);
  return (
    <Box flexDirection="column">
      <Words {...style}>{head}</Words>
      <Box height={Math.max(rows, inSight)} flexShrink={0} />
      <Words {...style}>{tail}</Words>
    </Box>
  );
}
