import { Box } from 'ink';
import type { Tokens } from 'marked';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { inlineSpans } from '../../text/markdown-inline.ts';
import { widthOf } from '../../text/span.ts';
import { Barred } from '../layout/Edged.tsx';
import { Tone } from '../layout/Tone.tsx';
import { Wrapped } from '../layout/Words.tsx';
import { Inline } from './Inline.tsx';

export type TableProps = { readonly table: Tokens.Table };

const places = { left: 'flex-start', center: 'center', right: 'flex-end' } as const;

/** A table: columns as wide as they need where there is room, else the widest are narrowed and their cells wrapped. */
export function Table({ table: { header, rows, align } }: TableProps) {
  const { columns, glyphs } = useDrawContext();
  const needed = header.map((_, index) => Math.max(1, ...[header, ...rows].map((row) => widthOfCell(row[index]))));
  const widths = fitWidths(needed, columns - 3 * (header.length - 1));
  const draw = (row: readonly Tokens.TableCell[], key: number) => (
    <Box key={key}>
      {widths.map((width, index) => {
        const cell = (
          <Box width={width} flexShrink={0} justifyContent={places[align[index] ?? 'left']}>
            <Wrapped>
              <Inline tokens={row[index]?.tokens ?? []} style={row === header ? { bold: true } : {}} />
            </Wrapped>
          </Box>
        );
        return (
          <Box key={index} flexShrink={0} marginLeft={index === 0 ? 0 : 1}>
            {index === 0 ? cell : <Barred role="quiet">{cell}</Barred>}
          </Box>
        );
      })}
    </Box>
  );
  const crossing = `${glyphs.rule}${glyphs.cross}${glyphs.rule}`;
  return (
    <Box flexDirection="column">
      {draw(header, -1)}
      <Tone role="quiet">{widths.map((width) => glyphs.rule.repeat(width)).join(crossing)}</Tone>
      {rows.map(draw)}
    </Box>
  );
}

function widthOfCell(cell: Tokens.TableCell | undefined): number {
  const text = inlineSpans(cell?.tokens ?? [])
    .map((piece) => piece.text)
    .join('');
  return Math.max(...text.split('\n').map(widthOf));
}

function fitWidths(needed: readonly number[], room: number): number[] {
  const widths = [...needed];
  for (let excess = widths.reduce((sum, width) => sum + width, 0) - room; excess > 0; excess -= 1) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= 3) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}
