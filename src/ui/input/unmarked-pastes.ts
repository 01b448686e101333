import { keyName, type Press, type TerminalKey } from './key-parser.ts';

/** A paste that comes in several pieces is over when nothing more came for so long. */
const quietMs = 50;

/** `areMarked`: the terminal is known to mark pastes. */
export type PasteMarks = { readonly areMarked?: boolean };

/** Takes the keys of one piece after the other. */
export type PasteGatherer = {
  readonly take: (keys: readonly TerminalKey[]) => void;
  /** No more keys come: hands on what is held. */
  readonly end: () => void;
};

/**
 * Some terminals and connections don't mark what is pasted. A line break with more text behind it in the same piece is no Enter: nobody
 * types so fast, and a line of a log would be sent, or run. Such pieces, and those right behind them, are handed on as one paste. Where the
 * terminal marks pastes (`areMarked`, or it says so, or one came), they are keys that waited while the program or the line was busy.
 */
export function gatherPastes(
  press: (keys: readonly TerminalKey[]) => void,
  { areMarked = false }: PasteMarks = {},
): PasteGatherer {
  let held: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let check: NodeJS.Immediate | undefined;
  const release = (): TerminalKey[] => {
    const text = held;
    held = undefined;
    return text === undefined ? [] : [{ type: 'paste', text: text.replace(/\r\n?/g, '\n'), isUnmarked: true }];
  };
  const stopWaiting = () => {
    clearTimeout(timer);
    clearImmediate(check);
  };
  const end = () => {
    stopWaiting();
    const keys = release();
    if (keys.length > 0) press(keys);
  };
  const take = (keys: readonly TerminalKey[]) => {
    stopWaiting();
    const ready: TerminalKey[] = [];
    for (const part of splitByKind(keys)) {
      const [first] = part;
      if (first === undefined) continue;
      areMarked ||= first.type === 'paste' || (first.type === 'paste-marks' && first.areKnown);
      if (first.type === 'paste-marks') continue;
      if (!areMarked && isWritten(first) && (held !== undefined || hasLines(part)))
        held = (held ?? '') + part.map(textOf).join('');
      else ready.push(...(isReport(first) ? [] : release()), ...part);
    }
    if (ready.length > 0) press(ready);
    // On a busy machine the time may be over before the next piece is read: that comes first.
    if (held !== undefined) timer = setTimeout(() => (check = setImmediate(end)), quietMs);
  };
  return { take, end };
}

/** Keys one after the other that a paste may consist of, and the others between them. */
function splitByKind(keys: readonly TerminalKey[]): TerminalKey[][] {
  const parts: TerminalKey[][] = [];
  let last: TerminalKey | undefined;
  for (const key of keys) {
    if (last !== undefined && isWritten(last) && isWritten(key)) parts.at(-1)?.push(key);
    else parts.push([key]);
    last = key;
  }
  return parts;
}

function hasLines(keys: readonly TerminalKey[]): boolean {
  const end = keys.findIndex((key) => textOf(key) === '\r');
  return end !== -1 && keys.slice(end).some((key) => textOf(key).trim() !== '');
}

function isWritten(key: TerminalKey): key is Press {
  return textOf(key) !== '';
}

/** The terminal says something of itself, whatever else it sends. */
function isReport({ type }: TerminalKey): boolean {
  return type === 'focus' || type === 'background';
}

/** What the key stands for in a paste; '' for a key that is none of text. */
function textOf(key: TerminalKey): string {
  if (key.type !== 'key') return '';
  const name = keyName(key);
  if (name === 'return') return '\r';
  if (name === 'ctrl+j') return '\n';
  if (name === 'tab') return '\t';
  return key.isCtrl || key.isAlt ? '' : key.text;
}
