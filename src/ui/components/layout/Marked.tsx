import { Box } from 'ink';
import type { ReactNode } from 'react';
import type { Role } from '../../../core/screen/theme-roles.ts';
import { Tone } from './Tone.tsx';

/** `mark` is shown once, to the left of everything inside. */
export type MarkedProps = { readonly mark: string; readonly role: Role; readonly children: ReactNode };

/** Something behind a mark of its own, like a message behind its prompt. */
export function Marked({ mark, role, children }: MarkedProps) {
  return (
    <Box>
      <Tone isKept role={role}>{`${mark} `}</Tone>
      <Box flexDirection="column" flexGrow={1}>
        {children}
      </Box>
    </Box>
  );
}
