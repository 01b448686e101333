import { Box } from 'ink';
import type { Role } from '../../../core/screen/theme-roles.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { LineInput } from '../../input/line-input.ts';
import { Row } from '../layout/Row.tsx';
import { Tone } from '../layout/Tone.tsx';
import { CaretBox } from './CaretBox.tsx';

export type LineFieldProps = { readonly prompt: string; readonly role: Role; readonly line: LineInput };

/** Most lines of a field that are shown at once, on a screen of at least this many times their number of rows. */
const mostLines = 5;

/** A field behind what it is for; it scrolls when its text is longer than its room. */
export function LineField({ prompt, role, line }: LineFieldProps) {
  const { columns, rows } = useDrawContext();
  const drawn = line.draw(
    Math.max(8, columns - prompt.length - 3),
    Math.max(1, Math.min(mostLines, Math.floor(rows / mostLines))),
  );
  return (
    <Box flexShrink={0}>
      <Tone isKept role={role}>{`${prompt} `}</Tone>
      <CaretBox place={{ x: drawn.column, y: drawn.row }}>
        <Box flexDirection="column">
          {drawn.lines.map((each, at) => (
            <Row key={at} line={each} />
          ))}
        </Box>
      </CaretBox>
    </Box>
  );
}
