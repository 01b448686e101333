import { Box, Text } from 'ink';
import type { Role } from '../../../core/screen/theme-roles.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { StepCell, WatchView } from '../../state/view.ts';
import type { Glyphs } from '../../text/glyphs.ts';
import { Spans } from '../layout/Spans.tsx';
import { Tone } from '../layout/Tone.tsx';

/** `watch`: what the observer saw and did so far. */
export type CellsProps = { readonly watch: WatchView };

type Sign = { readonly text: string; readonly role: Role; readonly means: string };

/** The steps as cells: each sign differs from the others without its colour. */
export function Cells({ watch }: CellsProps) {
  const { columns, glyphs } = useDrawContext();
  if (watch.cells.length === 0) return <Tone role="quiet">No steps yet.</Tone>;
  const signs = signsOf(glyphs, watch.mode === 'shadow');
  const perRow = Math.max(10, Math.floor((columns - 12) / 10) * 10);
  const rows = Array.from({ length: Math.ceil(watch.cells.length / perRow) }, (_, row) =>
    watch.cells.slice(row * perRow, (row + 1) * perRow),
  );
  const signOf = createSignOf(watch, signs);
  return (
    <Box flexDirection="column" marginTop={1}>
      {rows.map((cells, index) => (
        <Box key={index} columnGap={1}>
          <Box width={5} flexShrink={0} justifyContent="flex-end">
            <Tone role="quiet">{(cells[0]?.index ?? 0) + 1}</Tone>
          </Box>
          <Text>
            <Spans line={cells.map(signOf).map(({ text, role }) => ({ text, style: { role } }))} />
          </Text>
        </Box>
      ))}
      <Box paddingLeft={6} columnGap={2} flexWrap="wrap">
        {Object.values(signs).map(({ text, role, means }) => (
          <Box key={means} flexShrink={0} columnGap={1}>
            <Tone role={role}>{text}</Tone>
            <Tone>{means}</Tone>
          </Box>
        ))}
      </Box>
    </Box>
  );
}

function signsOf(glyphs: Glyphs, isShadow: boolean) {
  return {
    quiet: { text: glyphs.empty, role: 'quiet', means: 'step' },
    changed: { text: glyphs.full, role: 'good', means: 'changed files' },
    failed: { text: glyphs.failed, role: 'bad', means: 'failed' },
    signalled: { text: '?', role: 'warn', means: 'signal' },
    reminded: { text: glyphs.observer, role: 'observer', means: isShadow ? 'would have been reminded' : 'reminded' },
  } as const satisfies Record<string, Sign>;
}

function createSignOf(watch: WatchView, signs: ReturnType<typeof signsOf>): (cell: StepCell) => Sign {
  const signalled = new Set(watch.signals.flatMap((signal) => [...signal.evidenceSteps, signal.step]));
  const reminded = new Set(watch.reminders.map((reminder) => reminder.step));
  return (cell) => {
    if (reminded.has(cell.index)) return signs.reminded;
    if (signalled.has(cell.index)) return signs.signalled;
    if (cell.failed > 0) return signs.failed;
    return cell.changed ? signs.changed : signs.quiet;
  };
}
