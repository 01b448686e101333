import { Box, Text } from 'ink';
import type { Line } from '../../text/span.ts';
import { Tone } from './Tone.tsx';

/** `line`: pieces of text, each in its style. */
export type RowProps = { readonly line: Line };

/** One row of styled pieces, cut where it is wider than its room. */
export function Row({ line }: RowProps) {
  if (line.every(({ text }) => text === '')) return <Text> </Text>;
  return (
    <Text wrap="truncate">
      {line.map(({ text, style }, index) => (
        <Tone key={index} {...style}>
          {text}
        </Tone>
      ))}
    </Text>
  );
}

/** Rows below each other. */
export function Rows({ lines }: { readonly lines: readonly Line[] }) {
  return (
    <Box flexDirection="column">
      {lines.map((line, index) => (
        <Row key={index} line={line} />
      ))}
    </Box>
  );
}
