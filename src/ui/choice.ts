import type { Drawn } from './draw-composer.ts';
import type { Key } from './keys.ts';
import { createLineInput, type LineInput } from './line-input.ts';
import type { Look } from './look.ts';
import type { Panel, Panels } from './panel.ts';
import { type Line, span, truncateLine } from './span.ts';
import { wrapLine, wrapText } from './wrap.ts';

/** One of a few answers. `input` lets the user add words or change the given ones before the answer is given. */
export type Option<Value> = {
  readonly label: string;
  /** Letters that give this answer, beside its number. */
  readonly keys: readonly string[];
  readonly input?: {
    readonly prompt: string;
    readonly initial: string;
    readonly isSecret?: boolean;
    /** Says in a sentence what is wrong with the words so far; they can't be entered then. */
    readonly check?: (words: string) => string | undefined;
  };
  readonly answer: (words: string) => Value;
};

export type ChoiceOptions<Value> = {
  readonly title: string;
  /** What the question is about; drawn in the room that is left. */
  readonly body: (look: Look, maxRows: number) => Line[];
  readonly options: readonly Option<Value>[];
  /** What Esc does: `undefined` leaves the answer to the caller's `onEscape`. */
  readonly onEscape: () => void;
  /** What Esc means, for the line of keys. */
  readonly escapeMeans: string;
  /** How many more wait behind this one. */
  readonly waiting?: () => number;
  /** Shows everything that `body` had no room for. */
  readonly openAll?: () => void;
};

/** A question as the screen handles it: drawn, and given those keys that are meant for it. */
export type Choice = {
  readonly draw: (look: Look, maxRows: number, state?: 'waits') => Drawn;
  readonly press: (key: Key) => void;
  /** Words are being written into one of its answers. */
  readonly isWriting: () => boolean;
  /** Whether this letter or digit is one of its answers. */
  readonly isAnswer: (text: string) => boolean;
  /** Marks the answer that a letter stands for, before it is given. */
  readonly select: (text: string) => void;
};

/** A question with a few answers: numbers, letters, arrows and Enter; Tab edits an answer that takes words. */
export function createChoice<Value>(
  choice: ChoiceOptions<Value>,
  finish: (value: Value) => void,
  repaint: () => void,
): Choice {
  let selected = 0;
  let input: Writing<Value> | undefined;
  const placeOf = (text: string) =>
    choice.options.findIndex((option, place) => text === String(place + 1) || option.keys.includes(text.toLowerCase()));
  const pick = (index: number, wantsInput: boolean) => {
    const option = choice.options[index];
    if (option === undefined) return;
    selected = index;
    if (option.input && (wantsInput || option.input.initial === ''))
      input = { option, line: createLineInput(option.input.initial, option.input.isSecret) };
    else finish(option.answer(option.input?.initial ?? ''));
  };
  const write = (key: Key, writing: Writing<Value>) => {
    if (key.type === 'key' && key.name === 'escape') input = undefined;
    else if (key.type === 'key' && key.name === 'return') {
      const words = writing.line.text().trim();
      if (problemOf(writing) === undefined) return finish(writing.option.answer(words));
    } else writing.line.press(key);
    repaint();
  };
  const press = (key: Key) => {
    if (key.type !== 'key' && key.type !== 'paste') return;
    if (input) return write(key, input);
    if (key.type === 'paste') return;
    if (key.name === 'escape' || (key.isCtrl && key.name === 'c')) return choice.onEscape();
    const count = choice.options.length;
    if (key.name === 'up' || (key.isCtrl && key.name === 'p')) selected = (selected + count - 1) % count;
    else if (key.name === 'down' || (key.isCtrl && key.name === 'n')) selected = (selected + 1) % count;
    else if (key.isCtrl && key.name === 'o') choice.openAll?.();
    else if (key.name === 'tab' && !key.isShift) {
      if (choice.options[selected]?.input) pick(selected, true);
    } else if (key.name === 'return') pick(selected, false);
    else pick(placeOf(key.text), false);
    repaint();
  };
  return {
    draw: (look, maxRows, state) => drawChoice(choice, selected, input, look, maxRows, state === 'waits'),
    press,
    isWriting: () => input !== undefined,
    isAnswer: (text) => text !== '' && placeOf(text) !== -1,
    select: (text) => {
      selected = Math.max(0, placeOf(text));
      repaint();
    },
  };
}

/** A question that the user's own command asked: it has the keys at once. */
export function openChoice<Value>(
  panels: Panels,
  choice: Omit<ChoiceOptions<Value>, 'onEscape' | 'escapeMeans'> & { readonly onEscape: Value },
  done: (value: Value) => void,
): () => void {
  const finish = (value: Value) => {
    panels.close(panel);
    done(value);
  };
  const inner = createChoice<Value>(
    { ...choice, onEscape: () => finish(choice.onEscape), escapeMeans: 'closes' },
    finish,
    panels.repaint,
  );
  const panel: Panel = { isFull: false, draw: inner.draw, press: inner.press };
  panels.open(panel);
  return () => panels.close(panel);
}

type Writing<Value> = { readonly option: Option<Value>; readonly line: LineInput };

function problemOf<Value>({ option, line }: Writing<Value>): string | undefined {
  return option.input?.check?.(line.text().trim());
}

function drawChoice<Value>(
  choice: ChoiceOptions<Value>,
  selected: number,
  input: Writing<Value> | undefined,
  look: Look,
  maxRows: number,
  isWaiting: boolean,
): Drawn {
  const { columns, glyphs } = look;
  const waiting = choice.waiting?.() ?? 0;
  const rule: Line = [span(glyphs.rule.repeat(columns), 'accent')];
  const title: Line = truncateLine(
    [span(choice.title, 'accent', { isBold: true }), span(waiting > 0 ? `  (${waiting} more waiting)` : '', 'quiet')],
    columns,
    glyphs.ellipsis,
  );
  const answers = choice.options.flatMap((option, index) =>
    drawAnswer(option, index, !isWaiting && index === selected, input?.option === option, look),
  );
  const problem = input && problemOf(input);
  const problemRows = problem === undefined ? [] : wrapText(`  ${problem}`, columns, { role: 'bad' });
  const entry: Line[] = [];
  let cursor: Drawn['cursor'];
  const body = choice.body(look, Math.max(1, maxRows - answers.length - problemRows.length - 5));
  if (input?.option.input) {
    const prompt = `  ${input.option.input.prompt} `;
    const drawn = input.line.draw(columns - prompt.length);
    entry.push([span(prompt, 'quiet'), ...drawn.line]);
    cursor = { x: prompt.length + drawn.column, y: 2 + body.length + answers.length + 1 };
  }
  const help = isWaiting
    ? `${glyphs.dot} waits while you type: your words stay below; Tab answers it`
    : input
      ? 'Enter answers, Esc goes back'
      : `1-${choice.options.length}, arrows and Enter, ${choice.options.some((option) => option.input?.initial) ? 'Tab edits the rule, ' : ''}Esc ${choice.escapeMeans}`;
  return {
    lines: [
      rule,
      title,
      ...body,
      [],
      ...answers,
      ...entry,
      ...problemRows,
      ...wrapText(help, columns, { role: isWaiting ? 'warn' : 'quiet' }),
    ],
    ...(cursor ? { cursor } : {}),
  };
}

/** An answer whole, in as many rows as it takes: what is granted is never cut. */
function drawAnswer<Value>(
  option: Option<Value>,
  index: number,
  isSelected: boolean,
  isWritten: boolean,
  look: Look,
): Line[] {
  const mark = span(`${isSelected ? look.glyphs.pointer : ' '} ${index + 1}. `, isSelected ? 'selected' : 'quiet');
  const words = isWritten || !option.input?.initial ? [] : [span(` ${option.input.initial}`, 'code')];
  return wrapLine([span(option.label, isSelected ? 'selected' : undefined), ...words], look.columns - 5).map(
    (row, at): Line => [at === 0 ? mark : span('     '), ...row],
  );
}
