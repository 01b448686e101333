import { Box } from 'ink';
import { LineField } from '../../components/composer/LineField.tsx';
import { Ruled } from '../../components/layout/Ruled.tsx';
import { SelectList } from '../../components/layout/SelectList.tsx';
import { Tone } from '../../components/layout/Tone.tsx';
import { useLook } from '../../hooks/use-look.ts';
import type { LineInput } from '../../input/line-input.ts';

export type PickerProps = {
  readonly title: string;
  readonly entries: readonly { readonly label: string; readonly detail?: string }[];
  /** How many there are without the query. */
  readonly total: number;
  readonly selected: number;
  readonly query: LineInput;
  /** Said where nothing matches. */
  readonly empty: string;
};

/** A list that is narrowed by typing. */
export function Picker({ title, entries, total, selected, query, empty }: PickerProps) {
  const { glyphs, rows } = useLook();
  return (
    <Ruled role="accent">
      <Box>
        <Tone role="accent" isBold>
          {title}
        </Tone>
        <Tone role="quiet">{`  ${entries.length} of ${total}`}</Tone>
      </Box>
      <LineField prompt={glyphs.prompt} role="accent" line={query} />
      {entries.length === 0 ? (
        <Tone role="quiet">{`  ${empty}`}</Tone>
      ) : (
        <SelectList
          entries={entries}
          selected={selected}
          maxRows={Math.max(1, Math.min(12, rows - 8))}
          keeps="detail"
        />
      )}
      <Tone role="quiet">type to narrow, arrows and Enter, Esc closes</Tone>
    </Ruled>
  );
}
