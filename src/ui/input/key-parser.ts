/** A key press, a paste, or something the terminal says of itself. `text` is what a printable key writes. */
export type TerminalKey =
  | {
      readonly type: 'key';
      readonly name: string;
      readonly text: string;
      readonly isCtrl: boolean;
      readonly isAlt: boolean;
      readonly isShift: boolean;
      /** An Enter that came at once with text before it. */
      readonly isAtOnce?: true;
    }
  /** `isUnmarked`: taken for one, since nobody types so fast. */
  | { readonly type: 'paste'; readonly text: string; readonly isUnmarked?: true }
  /** Text has come with a line break and is held back: it may be a paste. */
  | { readonly type: 'held-back' }
  | { readonly type: 'focus'; readonly isFocused: boolean }
  /** Whether the terminal marks pastes. */
  | { readonly type: 'paste-marks'; readonly areKnown: boolean }
  | { readonly type: 'background'; readonly red: number; readonly green: number; readonly blue: number };

/** A key that was pressed. */
export type Press = Extract<TerminalKey, { type: 'key' }>;

/** Turns what stdin delivers into keys. Sequences may be cut anywhere between two chunks. */
export type KeyParser = {
  readonly push: (chunk: string) => TerminalKey[];
  /** A sequence has begun and not ended; a lone Esc looks the same, so call `flush` when nothing follows for some milliseconds. */
  readonly isPending: () => boolean;
  readonly flush: () => TerminalKey[];
  /** A paste has begun and not ended. */
  readonly isPasting: () => boolean;
  /** Its end does not come: hands on what came of it. Lines that come at once behind that are the rest of it. */
  readonly endPaste: () => TerminalKey[];
};

const pasteStart = '\u001b[200~';
const pasteEnd = '\u001b[201~';

const letters = namesOf(
  'A up, B down, C right, D left, E clear, F end, H home, P f1, Q f2, R f3, S f4, Z tab, M return',
);
const numbers = namesOf(
  '1 home, 2 insert, 3 delete, 4 end, 5 pageup, 6 pagedown, 7 home, 8 end, 11 f1, 12 f2, 13 f3, 14 f4, 15 f5, 17 f6, 18 f7, 19 f8, 20 f9, 21 f10, 23 f11, 24 f12',
);
const codes = namesOf(
  '9 tab, 13 return, 27 escape, 127 backspace, 57414 return, 57417 left, 57418 right, 57419 up, 57420 down, 57421 pageup, 57422 pagedown, 57423 home, 57424 end, 57425 insert, 57426 delete',
);

function namesOf(pairs: string): Readonly<Record<string, string>> {
  return Object.fromEntries(pairs.split(', ').map((pair) => pair.split(' ')));
}

/** What the keypad writes: kitty's codes from 57399 on, and the letters of its application mode (`ESC O p` is 0). */
const keypadCodes = '0123456789./*-+\r=,';
const keypadLetters: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...'pqrstuvwxy'].map((letter, digit) => [letter, String(digit)])),
  j: '*',
  k: '+',
  l: ',',
  m: '-',
  n: '.',
  o: '/',
  X: '=',
};

export function createKeyParser(): KeyParser {
  let pending = '';
  let paste: string | undefined;
  /** The last paste was ended before its end came, and no single key since. */
  let isCutOff = false;
  const endPaste = (): TerminalKey[] => {
    const text = paste ?? '';
    paste = undefined;
    pending = '';
    isCutOff = true;
    return text === '' ? [] : [pasteOf(text)];
  };
  const push = (chunk: string): TerminalKey[] => {
    const isEnd = paste !== undefined && isInterrupt(chunk);
    const keys = isEnd ? endPaste() : [];
    let input = pending + chunk;
    pending = '';
    if (isCutOff && isRestOfPaste(input)) paste = '';
    isCutOff &&= isEnd || (paste === undefined && input.length > 1);
    while (input !== '') {
      if (paste !== undefined) {
        const end = input.indexOf(pasteEnd);
        if (end === -1) {
          const kept = partialSuffix(input, pasteEnd);
          paste += input.slice(0, input.length - kept);
          pending = input.slice(input.length - kept);
          return keys;
        }
        keys.push(pasteOf(paste + input.slice(0, end)));
        paste = undefined;
        input = input.slice(end + pasteEnd.length);
        continue;
      }
      if (input.startsWith(pasteStart)) {
        paste = '';
        input = input.slice(pasteStart.length);
        continue;
      }
      const [key, length] = parseKey(input);
      if (length === 0) {
        pending = input;
        return keys;
      }
      if (key) keys.push(key);
      input = input.slice(length);
    }
    return keys;
  };
  const flush = (): TerminalKey[] => {
    if (paste !== undefined || pending === '') return [];
    const rest = pending.slice(1);
    const isDouble = rest.startsWith('\u001b');
    pending = '';
    if (rest === '') return [press('escape')];
    return isDouble
      ? [press('escape'), ...push(rest), ...flush()]
      : [press(rest[0] === '[' || rest[0] === 'O' ? rest[0] : 'escape', { isAlt: true, text: rest })];
  };
  return {
    push,
    isPending: () => pending !== '' && paste === undefined,
    flush,
    isPasting: () => paste !== undefined,
    endPaste,
  };
}

function pasteOf(text: string): TerminalKey {
  return { type: 'paste', text: text.replace(/\r\n?/g, '\n') };
}

/** Ctrl+C and nothing else: it was pressed, and is no part of a paste. */
function isInterrupt(chunk: string): boolean {
  const [key, length] = parseKey(chunk);
  return key?.type === 'key' && keyName(key) === 'ctrl+c' && chunk.replaceAll(chunk.slice(0, length), '') === '';
}

/** Whether the end of a paste comes before another begins, or a line together with its end. */
function isRestOfPaste(input: string): boolean {
  const [before = ''] = input.split(pasteStart);
  return before.includes(pasteEnd) || (before.length > 1 && /[\r\n]/.test(before));
}

/** The first key of the input and how many characters it takes; length 0 when more input is needed. */
function parseKey(input: string): [TerminalKey | undefined, number] {
  const first = input[0] ?? '';
  if (first === '\u001b') return parseEscape(input);
  if (first < ' ' || first === '\u007f') return [controlKey(first), 1];
  const run = /^[^\u0000-\u001f\u007f]+/.exec(input)?.[0] ?? first;
  return [press(run.length === 1 ? run : 'text', { text: run }), run.length];
}

function parseEscape(input: string): [TerminalKey | undefined, number] {
  if (input.length === 1) return [undefined, 0];
  const second = input[1];
  if (second === '[') return parseCsi(input);
  if (second === 'O') {
    if (input.length < 3) return [undefined, 0];
    const typed = keypadLetters[input[2] ?? ''];
    return [typed ? press(typed, { text: typed }) : press(letters[input[2] ?? ''] ?? 'unknown'), 3];
  }
  if (second === ']' || second === 'P' || second === '_') return parseString(input);
  if (second === '\u001b') return input.length === 2 ? [undefined, 0] : [press('escape'), 1];
  const [key, length] = parseKey(String.fromCodePoint(input.codePointAt(1) ?? 0));
  return [key?.type === 'key' ? { ...key, isAlt: true } : key, length === 0 ? 0 : length + 1];
}

function parseCsi(input: string): [TerminalKey | undefined, number] {
  const match = /^\u001b\[([<=>?]?)([0-9:;]*)([ -/]*)([@-~])/.exec(input);
  if (!match) return /^\u001b\[[<=>?]?[0-9:;]*[ -/]*$/.test(input) ? [undefined, 0] : [press('escape'), 1];
  const [sequence, prefix = '', parameters = '', , final = ''] = match;
  const [, marks] = /^\u001b\[\?2004;(\d)\$y$/.exec(sequence) ?? [];
  if (marks !== undefined) return [{ type: 'paste-marks', areKnown: /[123]/.test(marks) }, sequence.length];
  if (prefix !== '') return [undefined, sequence.length];
  if (final === 'M') return mouseReport(input, sequence);
  if ((final === 'I' || final === 'O') && parameters === '')
    return [{ type: 'focus', isFocused: final === 'I' }, sequence.length];
  return [csiKey(parameters, final), sequence.length];
}

/** A click, where another program has left the mouse on: in the oldest form three characters follow. It is no key, Enter least of all. */
function mouseReport(input: string, sequence: string): [TerminalKey | undefined, number] {
  if (sequence !== '\u001b[M') return [undefined, sequence.length];
  const length = [...input.slice(sequence.length)].slice(0, 3).join('').length;
  return [...input.slice(sequence.length)].length < 3 ? [undefined, 0] : [undefined, sequence.length + length];
}

/** `CSI code ; modifiers u` (kitty), `CSI 27 ; modifiers ; code ~` (xterm's modifyOtherKeys), `CSI number ; modifiers ~`, `CSI 1 ; modifiers letter`. */
function csiKey(parameters: string, final: string): TerminalKey | undefined {
  const fields = parameters.split(';');
  const [modifierField = '1', eventType = '1'] = (fields[1] ?? '1').split(':');
  const modifiers = modifierBits(Number(modifierField) || 1);
  if (eventType === '3') return undefined;
  if (final === 'u') {
    const [code = '', , base = ''] = (fields[0] ?? '').split(':');
    return codeKey(Number(code), modifiers, base === '' ? undefined : Number(base));
  }
  if (final === '~' && fields[0] === '27') return codeKey(Number(fields[2]), modifiers);
  if (final === '~') return press(numbers[fields[0] ?? ''] ?? 'unknown', modifiers);
  return press(letters[final] ?? 'unknown', final === 'Z' ? { ...modifiers, isShift: true } : modifiers);
}

type Modifiers = { readonly isShift: boolean; readonly isAlt: boolean; readonly isCtrl: boolean };

function modifierBits(value: number): Modifiers {
  const bits = value - 1;
  // Super, Hyper and Meta are no plain keys either; what the locks of capitals and numbers do is in the key already.
  return { isShift: (bits & 1) !== 0, isAlt: (bits & (2 | 8 | 16 | 32)) !== 0, isCtrl: (bits & 4) !== 0 };
}

/** `base` is the key's code on the PC-101 layout: with Ctrl or Alt it tells which key it is where the layout has no Latin letters. */
function codeKey(code: number, modifiers: Modifiers, base?: number): TerminalKey {
  const name = codes[code];
  if (name !== undefined) return press(name, modifiers);
  const typed = code >= 57399 && code <= 57416 ? keypadCodes[code - 57399] : undefined;
  if (typed !== undefined) return press(typed, { ...modifiers, text: modifiers.isCtrl ? '' : typed });
  if (base !== undefined && code > 127 && (modifiers.isCtrl || modifiers.isAlt)) return codeKey(base, modifiers);
  if (!Number.isInteger(code) || code < 32 || code > 0x10ffff || (code >= 57344 && code <= 63743))
    return press('unknown', modifiers);
  const letter = String.fromCodePoint(code);
  const text = modifiers.isCtrl ? '' : modifiers.isShift ? letter.toUpperCase() : letter;
  return press(letter, { ...modifiers, text });
}

/** OSC, DCS and APC answers; only the background colour (OSC 11) is of interest. */
function parseString(input: string): [TerminalKey | undefined, number] {
  const match = /^\u001b[\]P_]([^\u0007\u001b]*)(?:\u0007|\u001b\\)/.exec(input);
  if (!match) return input.length < 256 && !/\n/.test(input) ? [undefined, 0] : [press('escape'), 1];
  const colour = /^11;rgba?:([0-9a-f]{2,4})\/([0-9a-f]{2,4})\/([0-9a-f]{2,4})/i.exec(match[1] ?? '');
  if (!colour) return [undefined, match[0].length];
  const [red = 0, green = 0, blue = 0] = colour.slice(1).map((part) => Number.parseInt(part.slice(0, 2), 16));
  return [{ type: 'background', red, green, blue }, match[0].length];
}

function controlKey(character: string): TerminalKey {
  const code = character.charCodeAt(0);
  if (character === '\r') return press('return');
  if (character === '\n') return press('j', { isCtrl: true });
  if (character === '\t') return press('tab');
  if (character === '\u007f' || character === '\b') return press('backspace');
  if (code === 0) return press(' ', { isCtrl: true });
  if (code === 0x1f) return press('_', { isCtrl: true });
  return press(String.fromCharCode(code < 27 ? code + 96 : code + 64).toLowerCase(), { isCtrl: true });
}

/** A press of the key with that name. */
export function press(name: string, more: Partial<Omit<Press, 'type' | 'name'>> = {}): Press {
  return { type: 'key', name, text: '', isCtrl: false, isAlt: false, isShift: false, ...more };
}

/** How many characters at the end of the text may be the beginning of `mark`. */
function partialSuffix(text: string, mark: string): number {
  for (let length = Math.min(mark.length - 1, text.length); length > 0; length--)
    if (text.endsWith(mark.slice(0, length))) return length;
  return 0;
}

/** Esc and Ctrl+C leave what has the keys. */
export function isWayOut(key: TerminalKey): boolean {
  return key.type === 'key' && (key.name === 'escape' || (key.isCtrl && key.name === 'c'));
}

/** How far a key moves in a list, by single entries: Up and Ctrl+P, Down and Ctrl+N. */
export function stepOf({ name, isCtrl }: Press): -1 | 0 | 1 {
  if (name === 'up' || (isCtrl && name === 'p')) return -1;
  return name === 'down' || (isCtrl && name === 'n') ? 1 : 0;
}

/** The name of a key as the tables write it: `ctrl+a`, `alt+b`, `shift+return`. */
export function keyName(key: Press): string {
  const isLetter = key.text !== '' && !key.isCtrl;
  return `${key.isCtrl ? 'ctrl+' : ''}${key.isAlt ? 'alt+' : ''}${key.isShift && !isLetter ? 'shift+' : ''}${key.name}`;
}
