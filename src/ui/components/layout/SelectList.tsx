import { Box } from 'ink';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { oneRow } from '../../text/one-row.ts';
import { Tone } from './Tone.tsx';

export type SelectListProps = {
  readonly entries: readonly { readonly label: string; readonly detail?: string | undefined }[];
  readonly selected: number;
  /** Rows at most, around the selected one. */
  readonly maxRows: number;
};

/** A list to choose from: names, and remarks in a column of their own. Where both have no room, the column of short texts stays whole. */
export function SelectList({ entries, selected, maxRows }: SelectListProps) {
  const { glyphs } = useDrawContext();
  const first = Math.max(0, Math.min(selected - Math.floor(maxRows / 2), entries.length - maxRows));
  const shown = entries.slice(first, first + maxRows);
  const longest = (texts: readonly (string | undefined)[]) => Math.max(...texts.map((text = '') => text.length));
  const keepsLabel = longest(shown.map(({ label }) => label)) <= longest(shown.map(({ detail }) => detail));
  return (
    <Box columnGap={2}>
      <Box flexDirection="column" flexShrink={keepsLabel ? 0 : 1}>
        {shown.map(({ label }, index) => (
          <Tone key={index} role={first + index === selected ? 'selected' : undefined}>
            {`${first + index === selected ? glyphs.pointer : ' '} ${oneRow(label)}`}
          </Tone>
        ))}
      </Box>
      <Box flexDirection="column" flexShrink={keepsLabel ? 1 : 0}>
        {shown.map(({ detail }, index) => (
          <Tone key={index} role="quiet">
            {oneRow(detail || ' ')}
          </Tone>
        ))}
      </Box>
    </Box>
  );
}
