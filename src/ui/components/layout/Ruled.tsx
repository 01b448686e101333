import { Box } from 'ink';
import { type ReactNode, useMemo } from 'react';
import type { Role } from '../../../core/screen/theme-roles.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { noBorder, textLook } from '../../text/theme.ts';

export type RuledProps = {
  readonly role: Role;
  readonly children: ReactNode;
  /** Gives room to others when there is too little; default: keeps its height. */
  readonly shrinks?: boolean;
};

/** A part of the live region below a rule. */
export function Ruled({ role, children, shrinks = false }: RuledProps) {
  const { glyphs, theme } = useDrawContext();
  const { color, dimColor } = textLook(theme, { role });
  // One object for as long as it is drawn: ink puts all four borders on when it gets another one.
  const borderStyle = useMemo(() => ({ ...noBorder, top: glyphs.rule }), [glyphs.rule]);
  return (
    <Box
      flexDirection="column"
      flexShrink={shrinks ? 1 : 0}
      borderStyle={borderStyle}
      borderBottom={false}
      borderLeft={false}
      borderRight={false}
      borderDimColor={dimColor === true}
      {...(color ? { borderColor: color } : {})}
    >
      {children}
    </Box>
  );
}
