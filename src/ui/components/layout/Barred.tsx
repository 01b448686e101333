import { Box } from 'ink';
import { type ReactNode, useMemo } from 'react';
import type { Role } from '../../../core/screen/theme-roles.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { noBorder, textLook } from '../../text/theme.ts';

/** `role`: the colour of the bar. */
export type BarredProps = { readonly role: Role; readonly children: ReactNode };

/** Something with a bar along its left side: what somebody said outside the conversation. */
export function Barred({ role, children }: BarredProps) {
  const { glyphs, theme } = useDrawContext();
  const { color, dimColor } = textLook(theme, { role });
  // One object for as long as it is drawn: ink puts all four borders on when it gets another one.
  const borderStyle = useMemo(() => ({ ...noBorder, left: glyphs.bar }), [glyphs.bar]);
  return (
    <Box
      flexDirection="column"
      borderStyle={borderStyle}
      borderTop={false}
      borderBottom={false}
      borderRight={false}
      borderDimColor={dimColor === true}
      {...(color ? { borderColor: color } : {})}
      paddingLeft={1}
    >
      {children}
    </Box>
  );
}
