import type { Drawn } from './draw-composer.ts';
import { createLineInput, type LineInput } from './line-input.ts';
import type { Look } from './look.ts';
import type { Panel, Panels } from './panel.ts';
import { type Line, span, truncateLine } from './span.ts';

/** One of a few answers. `input` lets the user add words or change the given ones before the answer is given. */
export type Option<Value> = {
  readonly label: string;
  /** Letters that give this answer at once, beside its number. */
  readonly keys: readonly string[];
  readonly input?: { readonly prompt: string; readonly initial: string; readonly isSecret?: boolean };
  readonly answer: (words: string) => Value;
};

export type ChoiceOptions<Value> = {
  readonly title: string;
  /** What the question is about; drawn in the room that is left. */
  readonly body: (look: Look, maxRows: number) => Line[];
  readonly options: readonly Option<Value>[];
  /** The answer that Esc stands for. */
  readonly onEscape: Value;
  /** How many more wait behind this one. */
  readonly waiting?: () => number;
};

/** Asks one question: numbers, letters, arrows and Enter; Tab or `e` edits an answer that takes words. */
export function openChoice<Value>(
  panels: Panels,
  choice: ChoiceOptions<Value>,
  done: (value: Value) => void,
): () => void {
  let selected = 0;
  let input: { readonly option: Option<Value>; readonly line: LineInput } | undefined;
  const close = () => panels.close(panel);
  const finish = (value: Value) => {
    close();
    done(value);
  };
  const pick = (index: number, wantsInput: boolean) => {
    const option = choice.options[index];
    if (option === undefined) return;
    selected = index;
    if (option.input && wantsInput)
      input = { option, line: createLineInput(option.input.initial, option.input.isSecret) };
    else finish(option.answer(option.input?.initial ?? ''));
  };
  const panel: Panel = {
    isFull: false,
    isQuestion: true,
    draw: (look, maxRows) => drawChoice(choice, selected, input, look, maxRows),
    press: (key) => {
      if (key.type !== 'key' && key.type !== 'paste') return;
      if (input) {
        if (key.type === 'key' && key.name === 'escape') input = undefined;
        else if (key.type === 'key' && key.name === 'return')
          return finish(input.option.answer(input.line.text().trim()));
        else input.line.press(key);
        return panels.repaint();
      }
      if (key.type === 'paste') return;
      if (key.name === 'escape' || (key.isCtrl && key.name === 'c')) return finish(choice.onEscape);
      const count = choice.options.length;
      if (key.name === 'up' || (key.isCtrl && key.name === 'p')) selected = (selected + count - 1) % count;
      else if (key.name === 'down' || (key.isCtrl && key.name === 'n')) selected = (selected + 1) % count;
      else if (key.name === 'tab' || key.text === 'e') pick(selected, true);
      else if (key.name === 'return') pick(selected, needsWords(choice.options[selected]));
      else {
        const index = choice.options.findIndex(
          (option, place) => key.text === String(place + 1) || option.keys.includes(key.text.toLowerCase()),
        );
        const option = choice.options[index];
        if (option) pick(index, key.text === String(index + 1) && needsWords(option));
      }
      panels.repaint();
    },
  };
  panels.open(panel);
  return close;
}

/** An answer whose words have no sensible default is asked for them. */
function needsWords<Value>(option: Option<Value> | undefined): boolean {
  return option?.input?.initial === '';
}

function drawChoice<Value>(
  choice: ChoiceOptions<Value>,
  selected: number,
  input: { readonly option: Option<Value>; readonly line: LineInput } | undefined,
  look: Look,
  maxRows: number,
): Drawn {
  const { columns, glyphs } = look;
  const waiting = choice.waiting?.() ?? 0;
  const rule: Line = [span(glyphs.rule.repeat(columns), 'accent')];
  const title: Line = truncateLine(
    [span(choice.title, 'accent', { isBold: true }), span(waiting > 0 ? `  (${waiting} more waiting)` : '', 'quiet')],
    columns,
    glyphs.ellipsis,
  );
  const answers = choice.options.map((option, index): Line => {
    const isSelected = index === selected;
    const words =
      input?.option === option
        ? []
        : [span(option.input && option.input.initial !== '' ? `  ${option.input.initial}` : '', 'code')];
    return truncateLine(
      [
        span(`${isSelected ? glyphs.pointer : ' '} ${index + 1}. `, isSelected ? 'selected' : 'quiet'),
        span(option.label, isSelected ? 'selected' : undefined),
        ...words,
      ],
      columns,
      glyphs.ellipsis,
    );
  });
  const entry: Line[] = [];
  let cursor: Drawn['cursor'];
  const body = choice.body(look, Math.max(1, maxRows - answers.length - 5));
  if (input?.option.input) {
    const prompt = `  ${input.option.input.prompt} `;
    const drawn = input.line.draw(columns - prompt.length);
    entry.push([span(prompt, 'quiet'), ...drawn.line]);
    cursor = { x: prompt.length + drawn.column, y: 2 + body.length + answers.length + 1 };
  }
  const help: Line = [
    span(
      input
        ? 'Enter answers, Esc goes back'
        : `1-${choice.options.length}, arrows and Enter, ${choice.options.some((option) => option.input) ? 'Tab edits, ' : ''}Esc: no`,
      'quiet',
    ),
  ];
  return {
    lines: [rule, title, ...body, [], ...answers, ...entry, truncateLine(help, columns)],
    ...(cursor ? { cursor } : {}),
  };
}
