import { Box, type DOMElement } from 'ink';
import { type ReactNode, useCallback } from 'react';

export type LowBoxProps = { readonly maxRows: number; readonly columns: number; readonly children: ReactNode };

/**
 * A column that never grows higher than `maxRows`: ink clears the terminal's whole scrollback when its output fills the screen
 * (github.com/vadimdemedes/ink/issues/990). ink has a prop for this from version 7 on, which needs Node 22; its layout engine always had.
 */
export function LowBox({ maxRows, columns, children }: LowBoxProps) {
  const limit = useCallback((node: DOMElement | null) => node?.yogaNode?.setMaxHeight(maxRows), [maxRows]);
  return (
    <Box ref={limit} flexDirection="column" width={columns} overflow="hidden" justifyContent="flex-end">
      {children}
    </Box>
  );
}
