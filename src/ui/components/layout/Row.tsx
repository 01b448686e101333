import { Text } from 'ink';
import { Spans, type SpansProps } from './Spans.tsx';

/** One row of styled pieces, cut where it is wider than its room. */
export function Row({ line }: SpansProps) {
  if (line.every(({ text }) => text === '')) return <Text> </Text>;
  return (
    <Text wrap="truncate">
      <Spans line={line} />
    </Text>
  );
}
