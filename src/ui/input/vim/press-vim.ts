import * as editing from '../buffer.ts';
import { lineEnd, lineStart } from '../buffer.ts';
import { type Composer, redo, replaceRange, undo } from '../composer.ts';
import type { Press } from '../key-parser.ts';
import { type Find, moveBy, wordObject } from './motions.ts';

/** What vim's keys remember between two presses. */
export type Vim = {
  readonly mode: 'insert' | 'normal';
  /** Keys of a command that is not whole yet. */
  readonly pending: string;
  readonly register: { readonly text: string; readonly isLinewise: boolean };
  readonly find?: Find;
};

export const newVim: Vim = { mode: 'insert', pending: '', register: { text: '', isLinewise: false } };

/** `passAs`: the key means that key to the rest of the screen. */
export type VimResult = { readonly vim: Vim; readonly composer: Composer; readonly passAs?: 'up' | 'down' };

/** What a key does in vim's modes; undefined: it means what it means without them. */
export function pressVim(vim: Vim, composer: Composer, key: Press, columns: number): VimResult | undefined {
  if (vim.mode === 'insert') return key.name === 'escape' ? toNormal(vim, composer) : undefined;
  if (key.isCtrl && key.name === 'r' && !key.isAlt) return { vim, composer: redo(composer) };
  if (key.name === 'escape' && vim.pending !== '') return { vim: { ...vim, pending: '' }, composer };
  if (key.isCtrl || key.isAlt || key.text.length !== 1) return undefined;
  return run({ ...vim, pending: vim.pending + key.text }, composer, columns);
}

function toNormal(vim: Vim, composer: Composer): VimResult {
  const { text, cursor } = composer.buffer;
  const to = cursor > lineStart(text, cursor) ? editing.moveLeft(composer.buffer).cursor : cursor;
  return { vim: { ...vim, mode: 'normal', pending: '' }, composer: at(composer, to) };
}

/** Keys that are the beginning of a command, and no whole one. */
const unfinished = /^(?:[1-9]\d*)?(?:[dcy](?:[1-9]\d*)?)?(?:[fFtTgr]|[ia])?$/;
const command = /^([1-9]\d*)?([dcy])?([1-9]\d*)?([\s\S]+)$/;

function run(vim: Vim, composer: Composer, columns: number): VimResult {
  const { pending } = vim;
  const done: Vim = { ...vim, pending: '' };
  const [, first = '1', operator, second = '1', keys = ''] = command.exec(pending) ?? [];
  if (isUnfinished(pending, operator)) return { vim, composer };
  const count = Number(first) * Number(second);
  if (operator === undefined) return simple(done, composer, keys, count, columns);
  return operate(done, composer, operator, keys, count);
}

function isUnfinished(pending: string, operator: string | undefined): boolean {
  if (!unfinished.test(pending)) return false;
  return !/[ia]$/.test(pending) || operator !== undefined;
}

/** Commands of one key for an operator and what it takes. */
const shorthands: Readonly<Record<string, string>> = { x: 'dl', X: 'dh', s: 'cl', S: 'cc', D: 'd$', C: 'c$', Y: 'yy' };

/** A command without an operator: a motion, a change of its own, or what begins inserting again. */
function simple(vim: Vim, composer: Composer, keys: string, count: number, columns: number): VimResult {
  const [operator, motion = ''] = shorthands[keys] ?? '';
  if (operator) return operate(vim, composer, operator, motion, count);
  const { text, cursor } = composer.buffer;
  const start = lineStart(text, cursor);
  const end = lineEnd(text, cursor);
  const insertAt = (offset: number, changed = composer): VimResult => ({
    vim: { ...vim, mode: 'insert' },
    composer: at(changed, offset),
  });
  switch (keys[0]) {
    case 'i':
      return insertAt(cursor);
    case 'a':
      return insertAt(cursor < end ? editing.moveRight(composer.buffer).cursor : cursor);
    case 'I':
      return insertAt(moveBy(text, cursor, '^', 1, undefined)?.to ?? start);
    case 'A':
      return insertAt(end);
    case 'o':
      return insertAt(end + 1, replaceRange(at(composer, end), end, end, '\n'));
    case 'O':
      return insertAt(start, replaceRange(at(composer, start), start, start, '\n'));
    case 'p':
    case 'P':
      return put(vim, composer, keys[0] === 'p');
    case 'u':
      return { vim, composer: normal(undo(composer)) };
    case 'r':
      if (cursor >= end || keys.length !== 2) return { vim, composer };
      return {
        vim,
        composer: at(replaceRange(composer, cursor, editing.moveRight(composer.buffer).cursor, keys[1]!), cursor),
      };
    case '~':
      if (cursor >= end) return { vim, composer };
      return {
        vim,
        composer: normal(at(replaceRange(composer, cursor, cursor + 1, swapCase(text[cursor]!)), cursor + 1)),
      };
    case 'j':
    case 'k': {
      const moved = editing.moveVertically(composer.buffer, keys[0] === 'j' ? 1 : -1, columns);
      if (moved === undefined) return { vim, composer, passAs: keys[0] === 'j' ? 'down' : 'up' };
      return { vim, composer: normal({ ...composer, buffer: moved }) };
    }
    default: {
      const motion = moveBy(text, cursor, keys, count, vim.find);
      return {
        vim: remember(vim, keys),
        composer: motion === undefined ? composer : normal(at(composer, whole(text, motion.to, cursor))),
      };
    }
  }
}

/** d, c or y over a motion, a word or whole lines. */
function operate(vim: Vim, composer: Composer, operator: string, keys: string, count: number): VimResult {
  const range = rangeOf(composer, operator, keys, count, vim.find);
  if (range === undefined) return { vim, composer };
  const { from, to, isLinewise } = range;
  const { text } = composer.buffer;
  const taken = text.slice(from, to);
  const next: Vim = { ...remember(vim, keys), register: { text: taken.replace(/\n$/, ''), isLinewise } };
  if (operator === 'y')
    return { vim: next, composer: normal(at(composer, isLinewise ? composer.buffer.cursor : from)) };
  if (operator === 'c') {
    const end = isLinewise && taken.endsWith('\n') ? to - 1 : to;
    return { vim: { ...next, mode: 'insert' }, composer: at(replaceRange(at(composer, from), from, end, ''), from) };
  }
  // The last line goes with the line break before it.
  const start = isLinewise && to === text.length && from > 0 && !taken.endsWith('\n') ? from - 1 : from;
  const removed = replaceRange(at(composer, start), start, to, '');
  return { vim: next, composer: normal(at(removed, isLinewise ? lineStart(removed.buffer.text, start) : start)) };
}

type Range = { readonly from: number; readonly to: number; readonly isLinewise: boolean };

function rangeOf(
  composer: Composer,
  operator: string,
  keys: string,
  count: number,
  last: Find | undefined,
): Range | undefined {
  const { text, cursor } = composer.buffer;
  if (keys === operator) return wholeLines(text, cursor, count);
  if (keys === 'iw' || keys === 'aw') {
    const [from, to] = wordObject(text, cursor, keys === 'aw');
    return { from, to, isLinewise: false };
  }
  // As in vim, cw changes a word and not the blank behind it.
  const isWordChange = operator === 'c' && /^[wW]$/.test(keys) && /\S/.test(text[cursor] ?? ' ');
  const motion = moveBy(text, cursor, isWordChange ? (keys === 'w' ? 'e' : 'E') : keys, count, last);
  if (motion === undefined) return undefined;
  if (motion.isLinewise) {
    const [top, bottom] = [Math.min(cursor, motion.to), Math.max(cursor, motion.to)];
    return { from: lineStart(text, top), to: Math.min(text.length, lineEnd(text, bottom) + 1), isLinewise: true };
  }
  const [from, to] = [Math.min(cursor, motion.to), Math.max(cursor, motion.to)];
  // A word that ends its line is taken without the line break.
  const isOverLine = /^[wW]$/.test(keys) && text.slice(from, to).includes('\n');
  const end = motion.isInclusive && motion.to >= cursor ? editing.moveRight({ text, cursor: to }).cursor : to;
  return {
    from: whole(text, from, cursor),
    to: whole(text, isOverLine ? Math.max(from, lineEnd(text, from)) : end, cursor),
    isLinewise: false,
  };
}

function wholeLines(text: string, cursor: number, count: number): Range {
  const from = lineStart(text, cursor);
  let to = from;
  for (let line = 0; line < count && to < text.length; line += 1) to = Math.min(text.length, lineEnd(text, to) + 1);
  return { from, to, isLinewise: true };
}

function put(vim: Vim, composer: Composer, isAfter: boolean): VimResult {
  const { text: added, isLinewise } = vim.register;
  const { text, cursor } = composer.buffer;
  if (added === '') return { vim, composer };
  if (isLinewise) {
    const place = isAfter ? lineEnd(text, cursor) : lineStart(text, cursor);
    const next = replaceRange(at(composer, place), place, place, isAfter ? `\n${added}` : `${added}\n`);
    return { vim, composer: normal(at(next, isAfter ? place + 1 : place)) };
  }
  const place = isAfter && cursor < lineEnd(text, cursor) ? editing.moveRight(composer.buffer).cursor : cursor;
  const next = replaceRange(at(composer, place), place, place, added);
  return { vim, composer: normal(at(next, place + added.length - 1)) };
}

function remember(vim: Vim, keys: string): Vim {
  const kind = keys[0];
  if (keys.length !== 2 || (kind !== 'f' && kind !== 'F' && kind !== 't' && kind !== 'T')) return vim;
  return { ...vim, find: { kind, character: keys[1]! } };
}

function at(composer: Composer, offset: number): Composer {
  return { ...composer, buffer: editing.moveTo(composer.buffer, offset), last: 'other' };
}

/** An offset that parts no character and no fold: seen from `cursor`, the far side of what it would part. */
function whole(text: string, offset: number, cursor: number): number {
  const after = editing.moveTo({ text, cursor: 0 }, offset).cursor;
  return after === offset || offset >= cursor ? after : editing.moveLeft({ text, cursor: after }).cursor;
}

/** In normal mode the cursor is on a character, not behind the last of a line. */
function normal(composer: Composer): Composer {
  const { text, cursor } = composer.buffer;
  const isBehind = cursor === lineEnd(text, cursor) && cursor > lineStart(text, cursor);
  return isBehind
    ? { ...composer, buffer: { ...composer.buffer, cursor: editing.moveLeft(composer.buffer).cursor } }
    : composer;
}

function swapCase(character: string): string {
  const upper = character.toUpperCase();
  return upper === character ? character.toLowerCase() : upper;
}
