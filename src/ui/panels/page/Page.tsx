import { Box, Text } from 'ink';
import { LineField } from '../../components/composer/LineField.tsx';
import { Ruled } from '../../components/layout/Edged.tsx';
import { Tone } from '../../components/layout/Tone.tsx';
import { Words } from '../../components/layout/Words.tsx';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { LineInput } from '../../input/line-input.ts';

export type PageProps = {
  readonly title: string;
  /** The rows in sight, as they were laid out. */
  readonly rows: readonly string[];
  /** The row of them that the cursor is on. */
  readonly cursor: number;
  readonly help: string;
  /** What the last key did, in place of the help. */
  readonly told: string;
  /** The words that are being searched for, while they are written. */
  readonly search: LineInput | undefined;
  /** A question that is asked meanwhile can't be seen. */
  readonly hidesQuestion: boolean;
};

/** Rows of a screen below which only the most needed keys are listed. */
export const lowPage = 12;

/** A page over the whole screen. */
export function Page({ title, rows, cursor, help, told, search, hidesQuestion }: PageProps) {
  const look = useDrawContext();
  return (
    <Box flexDirection="column" height={look.rows - 1}>
      <Box>
        <Tone role="accent" bold>
          {title}
        </Tone>
        {hidesQuestion && <Tone isKept role="warn">{`  A question waits: q leads to it`}</Tone>}
      </Box>
      <Ruled role="quiet" />
      <Box flexDirection="column" flexGrow={1} overflow="hidden">
        {rows.map((row, index) => (
          <Box key={index} height={1}>
            <Box width={2} flexShrink={0}>
              <Tone role="selected">{index === cursor ? look.glyphs.pointer : ' '}</Tone>
            </Box>
            <Text wrap="truncate">{row === '' ? ' ' : row}</Text>
          </Box>
        ))}
      </Box>
      {search && <LineField prompt="/" role="accent" line={search} maxRows={1} />}
      {!search && look.rows >= lowPage && <Words role="quiet">{told || help}</Words>}
      {!search && look.rows < lowPage && <Tone role="quiet">{told || 'q goes back, / searches'}</Tone>}
    </Box>
  );
}
