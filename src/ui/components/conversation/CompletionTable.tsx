import { Box } from 'ink';
import {
  type CompletionReport,
  type CompletionRow,
  describeRow,
  summarizeRows,
} from '../../../core/run/task-report.ts';
import type { Role } from '../../../core/screen/theme-roles.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { Tone } from '../layout/Tone.tsx';
import { Words } from '../layout/Words.tsx';

/** `report`: what was asked for and what shows of each. */
export type CompletionTableProps = { readonly report: CompletionReport };

const shownRows = 12;
const roles: Readonly<Record<CompletionRow['status'], Role>> = { evidence: 'quiet', against: 'bad', none: 'warn' };

/** Under the last line of a run: each thing that was asked for, next to its evidence. */
export function CompletionTable({ report }: CompletionTableProps) {
  const left = report.rows.length - shownRows;
  return (
    <Box flexDirection="column">
      <Words role="quiet">{`${summarizeRows(report)}:`}</Words>
      {report.rows.slice(0, shownRows).map((row, index) => (
        <TableRow key={index} row={row} />
      ))}
      {left > 0 && <Tone role="quiet">{`  … and ${left} more`}</Tone>}
    </Box>
  );
}

function TableRow({ row }: { readonly row: CompletionRow }) {
  const { glyphs } = useDrawContext();
  const mark = { evidence: glyphs.dot, against: glyphs.failed, none: '?' }[row.status];
  return (
    <Box paddingLeft={2}>
      <Tone isKept role={roles[row.status]}>{`${mark} `}</Tone>
      <Box width="42%" flexShrink={0} paddingRight={2}>
        <Tone>{row.requirement}</Tone>
      </Box>
      <Words role={roles[row.status]}>{describeRow(row)}</Words>
    </Box>
  );
}
