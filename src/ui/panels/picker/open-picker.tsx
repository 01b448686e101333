import { rank } from '../../input/fuzzy.ts';
import { createLineInput } from '../../input/line-input.ts';
import type { Panel, Panels } from '../panel.ts';
import { Picker } from './Picker.tsx';

export type Entry<Value> = { readonly label: string; readonly detail?: string; readonly value: Value };

export type PickerOptions<Value> = {
  readonly title: string;
  readonly entries: readonly Entry<Value>[];
  /** Selected at first. */
  readonly initial?: number;
  readonly empty: string;
};

/** A list to pick from; typing narrows it. Resolves to undefined on Esc. */
export function openPicker<Value>(panels: Panels, options: PickerOptions<Value>): Promise<Value | undefined> {
  return new Promise((resolve) => {
    const query = createLineInput('');
    let matches = options.entries;
    let selected = options.initial ?? 0;
    const finish = (value: Value | undefined) => {
      panels.close(panel);
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
      isFull: false,
      render: () => (
        <Picker
          title={options.title}
          entries={matches}
          total={options.entries.length}
          selected={selected}
          query={query}
          empty={options.empty}
        />
      ),
      press: (key) => {
        if (key.type === 'key') {
          if (key.name === 'escape' || (key.isCtrl && key.name === 'c')) return finish(undefined);
          if (key.name === 'return') return finish(matches[selected]?.value);
          const step = pickerStep(key.name, key.isCtrl);
          if (step !== 0) selected = Math.max(0, Math.min(matches.length - 1, selected + step));
          else if (query.press(key)) narrow();
        } else if (query.press(key)) narrow();
        panels.repaint();
      },
    };
    panels.open(panel);
  });
}

/** How far a key moves in a list. */
function pickerStep(name: string, isCtrl: boolean): number {
  if (name === 'up' || (isCtrl && name === 'p')) return -1;
  if (name === 'down' || (isCtrl && name === 'n')) return 1;
  if (name === 'pageup') return -10;
  return name === 'pagedown' ? 10 : 0;
}
