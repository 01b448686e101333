import { Box, Text } from 'ink';
import type { DiffLine } from '../../../core/screen/result-view.ts';
import { count } from '../../../core/text/count.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { type DiffRow, diffRows } from '../../text/diff-rows.ts';
import { textLook } from '../../text/theme.ts';
import { Spans } from '../layout/Spans.tsx';
import { Tone } from '../layout/Tone.tsx';

export type DiffProps = {
  readonly lines: readonly DiffLine[];
  /** Rows at most; the middle is left out above that. */
  readonly limit: number;
  /** Long lines are wrapped instead of cut. */
  readonly wraps: boolean;
  /** Changed lines behind these that were not kept. */
  readonly notKept?: number;
  /** Rows from the first on that can come into sight; those behind them are not laid out, and have their room. */
  readonly inSight?: number | undefined;
};

/** A diff with line numbers; added and removed lines differ by sign and by colour. */
export function Diff({ lines, limit, wraps, notKept = 0, inSight = limit }: DiffProps) {
  const { glyphs } = useDrawContext();
  const digits = String(Math.max(0, ...lines.map((line) => line.new ?? line.old ?? 0))).length;
  const rows = diffRows(lines);
  const head = rows.length <= limit ? rows.length : Math.ceil((limit - 1) * 0.7);
  const tail = rows.length <= limit ? 0 : limit - 1 - head;
  const draw = (row: DiffRow, index: number) => <DiffRowView key={index} row={row} digits={digits} wraps={wraps} />;
  return (
    <Box flexDirection="column" flexGrow={1}>
      {rows.slice(0, Math.min(head, inSight)).map(draw)}
      {head > inSight && <Box height={head - inSight} flexShrink={0} />}
      {rows.length > head + tail && (
        <Tone role="quiet">{`${glyphs.ellipsis} ${count(rows.length - head - tail, 'more line')}`}</Tone>
      )}
      {tail > 0 && rows.slice(-tail).map(draw)}
      {notKept > 0 && <Tone role="quiet">{`${glyphs.ellipsis} ${count(notKept, 'more changed line')}, not kept`}</Tone>}
    </Box>
  );
}

const signs = { same: ' ', add: '+', remove: '-' } as const;

function DiffRowView(props: { readonly row: DiffRow; readonly digits: number; readonly wraps: boolean }) {
  const { row, digits, wraps } = props;
  const { glyphs, theme } = useDrawContext();
  if (row.kind === 'gap')
    return (
      <Box paddingLeft={digits + 1}>
        <Tone role="quiet">{glyphs.ellipsis}</Tone>
      </Box>
    );
  const role = row.kind === 'same' ? 'quiet' : row.kind;
  const { backgroundColor } = textLook(theme, { role });
  return (
    <Box {...(backgroundColor ? { backgroundColor } : {})}>
      <Box width={digits} flexShrink={0} justifyContent="flex-end">
        <Tone role={role}>{row.number}</Tone>
      </Box>
      <Tone isKept role={role}>{` ${signs[row.kind]} `}</Tone>
      <Text wrap={wraps ? 'wrap' : 'truncate'}>
        <Spans line={row.pieces} />
      </Text>
    </Box>
  );
}
