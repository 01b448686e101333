import { Box, Text } from 'ink';
import { memo, type ReactNode } from 'react';
import type { Role } from '../../../core/screen/theme-roles.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { type Buffer, rowsInSight } from '../../input/buffer.ts';
import { composerColumns } from '../../input/composer.ts';
import { widthOf } from '../../text/span.ts';
import { Tone } from '../layout/Tone.tsx';
import { CaretBox } from './CaretBox.tsx';

export type FieldProps = {
  /** The text and the place of the cursor. */
  readonly buffer: Buffer;
  /** What stands before the first row. */
  readonly prompt: string;
  readonly role: Role;
  /** Rows of text at most, around the cursor. */
  readonly maxRows: number;
  /** Shown while nothing is written. */
  readonly placeholder?: string;
  /** It has the keys, so the cursor is in it. */
  readonly hasKeys?: boolean;
  /** How a row's text is shown where some of it stands out. */
  readonly drawRow?: (row: string) => ReactNode;
};

/** A text that is being written, wrapped at blanks. */
export const Field = memo(function Field(props: FieldProps) {
  const { buffer, prompt, role, maxRows, placeholder, hasKeys = true, drawRow = plain } = props;
  const { glyphs, columns } = useDrawContext();
  const room = composerColumns(columns, widthOf(prompt));
  const { shown, above, row, column } = rowsInSight(buffer, room, maxRows);
  const body =
    placeholder && buffer.text === '' ? (
      <Tone role="quiet">{placeholder}</Tone>
    ) : (
      shown.map((text, index) => (
        <Text key={index} wrap="truncate">
          {drawRow(text.replaceAll('\t', ' ')) || ' '}
        </Text>
      ))
    );
  return (
    <Box flexShrink={0}>
      <Tone isKept role={role}>{`${above > 0 && prompt.length === 1 ? glyphs.ellipsis[0] : prompt} `}</Tone>
      {hasKeys ? <CaretBox place={{ x: column, y: row }}>{body}</CaretBox> : <Box flexDirection="column">{body}</Box>}
    </Box>
  );
});

function plain(row: string): ReactNode {
  return row && <Tone>{row}</Tone>;
}
