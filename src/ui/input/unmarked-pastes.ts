import { keyName, type Press, type TerminalKey } from './key-parser.ts';
import { callLater } from './pauses/call-later.ts';

/** So long it is waited for what may belong to a paste: an Enter behind text that came at once, and the next piece of a paste. */
export const pauseMs = 80;

/** Two keys that come closer together than this are not typed, nor are more of them in one piece that come faster than one in `keyMs`. */
const closeMs = 8;
const keyMs = 25;

/** A line that comes at once so soon after a paste is one more line of it, even if none follows; an Enter alone waits for one. */
const afterPasteMs = 500;

/** `areMarked`: the terminal is known to mark pastes. `mayBeUnmarked`: it marks some, and hands on others as they are. */
export type PasteMarks = { readonly areMarked?: boolean; readonly mayBeUnmarked?: boolean };

/** Takes the keys of one piece after the other. */
export type PasteGatherer = {
  readonly take: (keys: readonly TerminalKey[]) => void;
  /** No more keys come: hands on what is held. */
  readonly end: () => void;
};

/**
 * Some terminals and connections don't mark what is pasted, and cut it into pieces: a line of a log would be sent, or run. So an Enter that
 * came at once with the text before it, as no keys do that are typed, waits for a moment. If more text comes at once behind it, all of
 * that is handed on as one paste; otherwise it was an Enter, and so it was if someone types on. Where the terminal marks pastes (`areMarked`,
 * or it says so, or one came), keys that come at once have waited while the program or the line was busy.
 */
export function gatherPastes(
  press: (keys: readonly TerminalKey[]) => void,
  { areMarked = false, mayBeUnmarked = false }: PasteMarks = {},
): PasteGatherer {
  let held: Press[] = [];
  /** The pieces at the end of what is held that came as if typed. */
  let typed: (readonly Press[])[] = [];
  let writtenAt = Number.NEGATIVE_INFINITY;
  let pastedAt = Number.NEGATIVE_INFINITY;
  let stopWaiting = () => {};
  const isSoonAfterPaste = () => performance.now() - pastedAt < afterPasteMs;
  const release = (): TerminalKey[] => {
    const keys = held;
    held = [];
    typed = [];
    if (keys.length === 0) return [];
    const isNext = isSoonAfterPaste() && /[^\r\n]/.test(textOf(keys));
    if (!hasLines(keys) && !isCommand(keys) && !isNext) return asEnters(keys);
    pastedAt = performance.now();
    return [{ type: 'paste', text: textOf(keys).replace(/\r\n?/g, '\n'), isUnmarked: true }];
  };
  /** What came as if typed is none of a paste. */
  const releaseTyped = (): TerminalKey[] => {
    const keys = typed.flat();
    held = held.slice(0, -keys.length);
    return [...release(), ...keys];
  };
  const end = () => {
    stopWaiting();
    const keys = release();
    if (keys.length > 0) press(keys);
  };
  const takeWritten = (part: readonly Press[]): readonly TerminalKey[] => {
    const text = textOf(part);
    const sinceMs = performance.now() - writtenAt;
    const isClose = sinceMs < closeMs;
    const isTyped = !isClose && /^[^\r\n]+$/.test(text) && text.length <= 1 + sinceMs / keyMs;
    if (/[^\r\n]/.test(text)) writtenAt = performance.now();
    if (areMarked) return [...release(), ...part];
    if (held.length === 0 && !(isClose || isSoonAfterPaste() ? /[\r\n]/ : /[^\r\n][\r\n]/).test(text)) {
      if (isTyped) pastedAt = Number.NEGATIVE_INFINITY;
      return part;
    }
    held.push(...part);
    typed = isTyped ? [...typed, part] : [];
    return typed.length === 2 ? releaseTyped() : [];
  };
  const take = (keys: readonly TerminalKey[]) => {
    stopWaiting();
    const wasHolding = held.length > 0;
    const ready: TerminalKey[] = [];
    for (const part of splitByKind(keys)) {
      const [first] = part;
      if (first === undefined) continue;
      areMarked ||= !mayBeUnmarked && (first.type === 'paste' || (first.type === 'paste-marks' && first.areKnown));
      if (isWritten(first)) ready.push(...takeWritten(part.filter(isWritten)));
      else if (first.type !== 'paste-marks') ready.push(...(isReport(first) ? [] : release()), first);
    }
    if (held.length > 0 && !wasHolding) ready.push({ type: 'held-back' });
    if (ready.length > 0) press(ready);
    if (held.length > 0) stopWaiting = callLater(pauseMs, end);
  };
  return { take, end };
}

/** Keys one after the other that a paste may consist of, and the others between them, each alone. */
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

/** Whether there is text behind a line break. */
function hasLines(keys: readonly Press[]): boolean {
  return /[\r\n]\s*\S/.test(textOf(keys));
}

/** Whether a shell would run it: nobody has typed it, so an Enter of its own is asked for. */
function isCommand(keys: readonly Press[]): boolean {
  return /^\s*!\s*\S/.test(textOf(keys));
}

/** A line that ends with both signs was entered once. */
function asEnters(keys: readonly Press[]): Press[] {
  return keys
    .filter((key, index) => writes(key) !== '\n' || !textOf(keys.slice(0, index)).endsWith('\r'))
    .map((key) => (writes(key) === '\r' ? { ...key, isAtOnce: true } : key));
}

function textOf(keys: readonly Press[]): string {
  return keys.map(writes).join('');
}

function isWritten(key: TerminalKey): key is Press {
  return writes(key) !== '';
}

/** The terminal says something of itself, whatever else it sends. */
function isReport({ type }: TerminalKey): boolean {
  return type === 'focus' || type === 'background';
}

/** What the key stands for in a paste; '' for a key that is none of text. */
function writes(key: TerminalKey): string {
  if (key.type !== 'key') return '';
  const name = keyName(key);
  if (name === 'return') return '\r';
  if (name === 'ctrl+j') return '\n';
  if (name === 'tab') return '\t';
  return key.isCtrl || key.isAlt ? '' : key.text;
}
