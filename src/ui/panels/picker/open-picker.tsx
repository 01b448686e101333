import { Box } from 'ink';
import { LineField } from '../../components/composer/LineField.tsx';
import { Ruled } from '../../components/layout/Edged.tsx';
import { SelectList } from '../../components/layout/SelectList.tsx';
import { Tone } from '../../components/layout/Tone.tsx';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { rank } from '../../input/fuzzy.ts';
import { isWayOut, stepOf } from '../../input/key-parser.ts';
import { createLineInput, type LineInput } from '../../input/line-input.ts';
import type { Panel } from '../panel.ts';
import type { Panels } from '../panel-stack.ts';

export type PickerEntry<Value> = { readonly label: string; readonly detail?: string; readonly value: Value };

export type PickerOptions<Value> = {
  readonly title: string;
  readonly entries: readonly PickerEntry<Value>[];
  /** Selected at first. */
  readonly initial?: number;
};

/** A list to pick from; typing narrows it. Resolves to undefined on Esc. */
export function openPicker<Value>(panels: Panels, options: PickerOptions<Value>): Promise<Value | undefined> {
  return new Promise((resolve) => {
    const query = createLineInput('');
    let matches = options.entries;
    let selected = options.initial ?? 0;
    const finish = (value: Value | undefined) => {
      close();
      resolve(value);
    };
    const narrow = () => {
      const text = query.text().trim();
      matches =
        text === ''
          ? options.entries
          : rank(text, options.entries, (entry) => `${entry.label} ${entry.detail ?? ''}`, 200);
      selected = 0;
    };
    const panel: Panel = {
      render: () => <Picker options={options} matches={matches} selected={selected} query={query} />,
      field: () => query,
      press: (key) => {
        if (isWayOut(key)) return finish(undefined);
        if (key.type === 'key') {
          // Words that match nothing may have been meant for elsewhere: they stay in sight until Esc.
          if (key.name === 'return' && (matches.length > 0 || options.entries.length === 0))
            return finish(matches[selected]?.value);
          const step = { pageup: -10, pagedown: 10 }[key.name] ?? stepOf(key);
          if (step !== 0) selected = Math.max(0, Math.min(matches.length - 1, selected + step));
          else if (query.press(key)) narrow();
        } else if (query.press(key)) narrow();
        panels.repaint();
      },
    };
    const close = panels.open(panel);
  });
}

type PickerProps = {
  readonly options: PickerOptions<unknown>;
  readonly matches: readonly PickerEntry<unknown>[];
  readonly selected: number;
  readonly query: LineInput;
};

function Picker({ options: { title, entries }, matches, selected, query }: PickerProps) {
  const { glyphs, rows, takesLines } = useDrawContext();
  const maxRows = Math.max(1, Math.min(12, rows - 8));
  return (
    <Ruled role="accent">
      <Box>
        <Tone role="accent" bold>
          {title}
        </Tone>
        <Tone role="quiet">{`  ${matches.length} of ${entries.length}`}</Tone>
      </Box>
      <LineField prompt={glyphs.prompt} role="accent" line={query} />
      {matches.length === 0 ? (
        <Tone role="quiet"> nothing matches</Tone>
      ) : (
        <SelectList entries={matches} selected={selected} maxRows={maxRows} />
      )}
      <Tone role="quiet">
        {takesLines
          ? 'a part of an entry, then Enter takes the first that has it; Ctrl+C closes'
          : 'type to narrow, arrows and Enter, Esc closes'}
      </Tone>
    </Ruled>
  );
}
