import { Box } from 'ink';
import type { Role } from '../../../core/screen/theme-roles.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { LineInput } from '../../input/line-input.ts';
import { Row } from '../layout/Row.tsx';
import { Tone } from '../layout/Tone.tsx';
import { CaretBox } from './CaretBox.tsx';

export type LineFieldProps = { readonly prompt: string; readonly role: Role; readonly line: LineInput };

/** One line that is being written, behind what it is for; it scrolls when it is longer than its room. */
export function LineField({ prompt, role, line }: LineFieldProps) {
  const { columns } = useDrawContext();
  const drawn = line.draw(Math.max(8, columns - prompt.length - 3));
  return (
    <Box>
      <Tone isKept role={role}>{`${prompt} `}</Tone>
      <CaretBox place={{ x: drawn.column, y: 0 }}>
        <Row line={drawn.line} />
      </CaretBox>
    </Box>
  );
}
