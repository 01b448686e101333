import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { Role } from '../../../core/screen/theme-roles.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { textLook } from '../../text/theme.ts';

type EdgedProps = {
  /** The colour of the line. */
  readonly role: Role;
  readonly children?: ReactNode;
  /** Gives room to others when there is too little; default: keeps its height. */
  readonly shrinks?: boolean;
};

/** A column with one line along one of its sides. */
function Edged({ side, role, shrinks, children }: EdgedProps & { readonly side: 'left' | 'top' }) {
  const { glyphs, theme } = useDrawContext();
  const { color, dimColor } = textLook(theme, { role });
  return (
    <Box
      flexDirection="column"
      flexShrink={shrinks ? 1 : 0}
      overflow={shrinks ? 'hidden' : 'visible'}
      borderStyle={glyphs.border}
      borderTop={side === 'top'}
      borderBottom={false}
      borderLeft={side === 'left'}
      borderRight={false}
      borderDimColor={dimColor ?? false}
      {...(color ? { borderColor: color } : {})}
      paddingLeft={side === 'left' ? 1 : 0}
    >
      {children}
    </Box>
  );
}

/** Something with a bar along its left side: what somebody said outside the conversation. */
export function Barred(props: EdgedProps) {
  return <Edged side="left" shrinks {...props} />;
}

/** A rule, and what is below it. */
export function Ruled(props: EdgedProps) {
  return <Edged side="top" {...props} />;
}
