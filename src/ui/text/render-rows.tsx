import { Box, renderToString } from 'ink';
import type { ReactNode } from 'react';
import { DrawProvider } from '../hooks/use-draw-context.ts';
import type { DrawContext } from './draw-context.ts';

/** The rows that a component fills at a width, with their colours: for pages that scroll, and where rows have to be counted. */
export function renderRows(node: ReactNode, look: DrawContext, columns = look.columns): string[] {
  const text = renderToString(
    <DrawProvider value={{ ...look, columns }}>
      <Box flexDirection="column" width={columns}>
        {node}
      </Box>
    </DrawProvider>,
    { columns },
  );
  return text === '' ? [] : text.split('\n');
}
