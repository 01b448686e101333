import { Box } from 'ink';
import type { ReactNode } from 'react';
import { type CaretPlace, useCaret } from '../../hooks/use-caret.ts';

/** `place`: column and row of the cursor inside the box. Only one may be on the screen at a time. */
export type CaretBoxProps = { readonly place: CaretPlace; readonly children: ReactNode };

/** A column that shows the terminal's cursor at a place inside it. */
export function CaretBox({ place, children }: CaretBoxProps) {
  const box = useCaret(place);
  return (
    <Box ref={box} flexDirection="column">
      {children}
    </Box>
  );
}
