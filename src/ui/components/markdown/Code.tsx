import { Box, Text } from 'ink';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { expandTabs } from '../../text/expand-tabs.ts';
import { type Line, span } from '../../text/span.ts';
import { Spans } from '../layout/Spans.tsx';

/** `language` as the fence named it; an unknown one stays in one colour. */
export type CodeProps = { readonly text: string; readonly language: string };

/** A block of code, indented by two columns; long rows are wrapped so that nothing is hidden. */
export function Code({ text, language }: CodeProps) {
  const { highlight } = useDrawContext();
  const code = expandTabs(text);
  const rows = highlight ? highlight(code, language) : code.split('\n').map((row): Line => [span(row, 'code')]);
  if (text === '') return null;
  return (
    <Box flexDirection="column" paddingLeft={2}>
      {rows.map((row, index) => (
        <Text key={index}>
          {row.length === 0 ? ' ' : undefined}
          <Spans line={row} />
        </Text>
      ))}
    </Box>
  );
}
