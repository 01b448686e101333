import { isPlain } from '../../input/consent.ts';
import { isWayOut, stepOf, type TerminalKey } from '../../input/key-parser.ts';
import { createLineInput, type LineInput } from '../../input/line-input.ts';
import type { PanelQuestion as QuestionPanel } from '../panel.ts';
import type { Panels } from '../panel-stack.ts';
import { openQuestion } from './open-question.tsx';
import type { About, Asked, Option, Writing } from './option.ts';
import { Question } from './Question.tsx';

/** With fewer rows than this in sight, nothing is known of what is asked about. */
const seenRows = 3;

/** A question with a few answers: numbers, letters, arrows and Enter; Tab edits an answer that takes words. */
export function createChoice<Value>(
  choice: Asked<Value>,
  finish: (value: Value) => void,
  repaint: () => void,
): QuestionPanel {
  let selected = choice.initial ?? 0;
  const [only, second] = choice.options;
  const grants = choice.options.some(({ allows }) => allows);
  /** What was written for each answer: it is there again when its field is opened again. */
  const lines = choice.lines ?? new Map<number, LineInput>();
  let given: Option<Value> | undefined;
  const writingOf = (index: number, { prompt, initial, ...kind }: NonNullable<Option<Value>['input']>): Writing => {
    const line = lines.get(index) ?? createLineInput(initial, kind);
    lines.set(index, line);
    return { index, prompt, line };
  };
  /** A single answer that takes words is written at once, and so is one that most will give. */
  let input = only?.input && (!second || choice.isWritten) ? writingOf(0, only.input) : undefined;
  const give = (index: number, option: Option<Value>, words: string) => {
    given = option;
    if (option.isWayBack) return finish(option.answer(words));
    lines.delete(index);
    finish(option.answer(words));
    lines.clear();
  };
  const problem = () => input && choice.options[input.index]?.input?.check?.(input.line.text().trim());
  /** Enter came while something was wrong with the words: of a field that is still empty nothing is said before. */
  let wasTried = false;
  const placeOf = (text: string) =>
    choice.options.findIndex(
      ({ number, keys }, place) => text === String(number ?? place + 1) || keys.includes(text.toLowerCase()),
    );
  /** The answer whose words Tab edits: the one that is marked, else the first that offers words. */
  const editable = () =>
    choice.options[selected]?.input ? selected : choice.options.findIndex(({ input: offered }) => offered?.initial);
  /** What is asked about has no room next to the answers; it is shown in their place, until all of it was seen on its page. */
  let unseenAt: string | undefined;
  let wasSeen = false;
  /** Even then a yes needs a row of it in sight: it may be another question by now. */
  let noRowAt: string | undefined;
  let placeNow: string | undefined;
  /** Rows of it that have no room. */
  let hiddenRows = 0;
  const openAll = () =>
    choice.openAll?.(() => {
      wasSeen = true;
    });
  const pick = (index: number, wantsInput: boolean) => {
    const option = choice.options[index];
    if (option === undefined) return;
    selected = index;
    const isHidden = unseenAt !== undefined || (choice.isSeenWhole === true && hiddenRows > 0);
    const hasNoRow = wasSeen && noRowAt !== undefined && noRowAt === placeNow;
    if (option.allows && ((isHidden && !wasSeen) || hasNoRow) && choice.openAll) return openAll();
    if (option.mark) option.mark.flip();
    else if (option.input && (wantsInput || wantsWords(option.input))) input = writingOf(index, option.input);
    else give(index, option, option.input?.initial ?? '');
  };
  const enter = () => {
    const option = choice.options[selected];
    if (option?.mark && choice.options.some(({ mark }) => mark?.isOn())) give(selected, option, '');
    else pick(selected, false);
  };
  const write = (key: TerminalKey, writing: Writing) => {
    wasTried = false;
    const option = choice.options[writing.index];
    if (isWayOut(key)) {
      if (!second) return choice.onEscape();
      input = undefined;
    } else if (key.type === 'key' && key.name === 'return' && (isPlain(key) || !option?.input?.keepsLines)) {
      if (option && problem() === undefined) return give(writing.index, option, writing.line.text().trim());
      wasTried = true;
    } else writing.line.press(key);
    repaint();
  };
  const press = (key: TerminalKey) => {
    if (key.type !== 'key' && key.type !== 'paste') return;
    if (input) return write(key, input);
    if (isWayOut(key)) return choice.onEscape();
    if (key.type === 'paste' || !isPlain(key)) return;
    const step = stepOf(key);
    if (step !== 0) selected = Math.max(0, Math.min(choice.options.length - 1, selected + step));
    else if (key.isCtrl && key.name === 'o') openAll();
    else if (key.name === 'tab' && !key.isShift) pick(editable(), true);
    else if (key.name === 'return') enter();
    else if (key.text === ' ') choice.options[selected]?.mark?.flip();
    else pick(placeOf(key.text), false);
    repaint();
  };
  return {
    render: (state = 'asks') => (
      <Question
        choice={choice}
        state={state}
        selected={selected}
        writing={input}
        problem={wasTried || input?.line.text() ? problem() : undefined}
        wasSeen={wasSeen}
        hiddenRows={wasSeen ? 0 : hiddenRows}
        unseenAt={!choice.openAll || !grants ? undefined : wasSeen ? noRowAt : unseenAt}
        onFit={(seen, rows, place) => {
          const before = hiddenRows;
          hiddenRows = rows - seen;
          placeNow = place;
          if (wasSeen && seen === 0 && noRowAt !== place) {
            noRowAt = place;
            queueMicrotask(repaint);
          }
          if (place === unseenAt) return;
          const isUnseen = seen === 0 || seen < Math.min(rows, seenRows);
          unseenAt = isUnseen ? place : undefined;
          if ((isUnseen || hiddenRows !== before) && !wasSeen) queueMicrotask(repaint);
        }}
      />
    ),
    press,
    // Else Ctrl+O is the way to the transcript, which may hold what the question is about.
    get canOpen() {
      return choice.openAll !== undefined && (grants || hiddenRows > 0);
    },
    field: () => input?.line,
    unsaid: () => {
      const here = choice.options.map(({ input: offered }, index) =>
        offered && isSaid(offered) ? lines.get(index)?.text().trim() : undefined,
      );
      const elsewhere = given === undefined ? (choice.unsaidElsewhere?.() ?? []) : [];
      return [...(given?.isWayBack ? [] : here), ...elsewhere].filter((words) => words).join('\n\n');
    },
    takesMarks: choice.options.some(({ mark }) => mark),
    isMark: (text) => choice.options[placeOf(text)]?.mark !== undefined,
    takesSpace: () => !input && choice.options[selected]?.mark !== undefined,
    openWords: () => {
      const index = choice.options.findIndex(({ takesWords }) => takesWords);
      const offered = choice.options[index]?.input;
      if (!offered) return false;
      selected = index;
      input = writingOf(index, offered);
      return true;
    },
    isAnswer: (text) => text !== '' && placeOf(text) !== -1,
    select: (text) => {
      const before = selected;
      selected = Math.max(0, placeOf(text));
      return () => {
        selected = before;
      };
    },
  };
}

function wantsWords({ initial, isAlwaysEdited, isOptional }: NonNullable<Option<unknown>['input']>): boolean {
  return isAlwaysEdited || (initial === '' && !isOptional);
}

/** Words, unlike a rule that is changed or a key: they are kept for the composer. */
function isSaid({ initial, isSecret, keepsLines }: NonNullable<Option<unknown>['input']>): boolean {
  return (initial === '' || keepsLines === true) && !isSecret;
}

type OwnChoice<Value> = About<Value> & {
  /** The answer that Esc gives. */
  readonly onEscape: Value;
  readonly escapeMeans?: string;
  /** It belongs to the page or list that has the keys, and has them at once. */
  readonly isOverPage?: boolean;
  /** Takes it away, as Esc does. */
  readonly signal?: AbortSignal;
};

/** Asks something that the program itself wants to know. */
export function askChoice<Value>(panels: Panels, choice: OwnChoice<Value>): Promise<Value> {
  return new Promise((resolve) => {
    const finish = (value: Value) => {
      choice.signal?.removeEventListener('abort', leave);
      close();
      resolve(value);
    };
    const leave = () => finish(onEscape);
    const { onEscape, escapeMeans = 'closes' } = choice;
    const question = createChoice<Value>(
      { openAll: () => openQuestion(panels, choice), ...choice, onEscape: leave, escapeMeans },
      finish,
      panels.repaint,
    );
    const close = choice.isOverPage ? panels.open(question) : panels.ask(question);
    choice.signal?.addEventListener('abort', leave);
  });
}
