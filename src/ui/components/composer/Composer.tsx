import { Box, Text } from 'ink';
import { memo } from 'react';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { foldPattern, layOut, place } from '../../input/buffer.ts';
import { type Composer as ComposerState, composerColumns } from '../../input/composer.ts';
import { Ruled } from '../layout/Edged.tsx';
import { Tone } from '../layout/Tone.tsx';
import { CaretBox } from './CaretBox.tsx';

export type ComposerProps = {
  readonly composer: ComposerState;
  /** Rows of text at most, around the cursor. */
  readonly maxRows: number;
  readonly placeholder: string;
  /** It has the keys, so the cursor is in it. */
  readonly hasKeys: boolean;
};

/** What is being written, wrapped at blanks. */
export const Composer = memo(function Composer({ composer, maxRows, placeholder, hasKeys }: ComposerProps) {
  const { glyphs, columns } = useDrawContext();
  const { text, cursor } = composer.buffer;
  const isShell = text.startsWith('!');
  const rows = layOut(text, composerColumns(columns));
  const at = place(text, rows, cursor);
  const first = Math.max(0, Math.min(at.row - maxRows + 1, rows.length - maxRows));
  const body = rows.slice(first, first + maxRows).map((row, index) => (
    <Box key={index}>
      <Box width={2} flexShrink={0}>
        <Tone role={isShell ? 'warn' : 'accent'}>
          {index > 0 ? ' ' : first > 0 ? glyphs.ellipsis[0] : isShell ? '!' : glyphs.prompt}
        </Tone>
      </Box>
      {text === '' ? <Tone role="quiet">{placeholder}</Tone> : <Written row={text.slice(row.start, row.end)} />}
    </Box>
  ));
  return (
    <Ruled role={isShell ? 'warn' : 'quiet'}>
      {hasKeys ? <CaretBox place={{ x: at.column + 2, y: at.row - first }}>{body}</CaretBox> : body}
    </Ruled>
  );
});

const marked = new RegExp(`(${foldPattern.source}|(?<=^|\\s)@[^\\s]+|^/[\\w:-]+)`, 'g');

/** A row of the text; folds, mentions and commands stand out. */
function Written({ row }: { readonly row: string }) {
  return (
    <Text wrap="truncate">
      {row
        .replaceAll('\t', ' ')
        .split(marked)
        .map((part, index) => (
          <Tone key={index} {...(index % 2 === 1 ? { role: 'accent' } : {})}>
            {part}
          </Tone>
        ))}
    </Text>
  );
}
