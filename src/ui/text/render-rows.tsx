import { Box, renderToString } from 'ink';
import type { ReactNode } from 'react';
import { LookProvider } from '../hooks/use-look.ts';
import type { DrawContext } from './look.ts';

/** The rows that a component fills at a width, with their colours: for pages that scroll, and where rows have to be counted. */
export function renderRows(node: ReactNode, look: DrawContext, columns = look.columns): string[] {
  const text = renderToString(
    <LookProvider value={{ ...look, columns }}>
      <Box flexDirection="column" width={columns}>
        {node}
      </Box>
    </LookProvider>,
    { columns },
  );
  return text === '' ? [] : text.split('\n');
}
