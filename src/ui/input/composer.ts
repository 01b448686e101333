import type { Buffer } from './buffer.ts';
import * as editing from './buffer.ts';
import { keyName, type Press } from './key-parser.ts';

/** The composer: what is written, what was killed, and how to take it back. Plain data; `edit` is pure. */
export type Composer = {
  readonly buffer: Buffer;
  readonly killed: readonly string[];
  /** Where the last yank began and which entry it took, while yank-pop may follow. */
  readonly yank?: { readonly from: number; readonly index: number };
  readonly undo: readonly Buffer[];
  readonly redo: readonly Buffer[];
  /** The kind of the last change: a run of typing is undone together, a run of kills joins. */
  readonly last: 'type' | 'delete' | 'kill' | 'other';
  readonly folds: readonly Fold[];
};

/** A large paste or an image that is in the text as its label. An image's content is its path, or a data URL. */
export type Fold = { readonly label: string; readonly kind: 'text' | 'image'; readonly content: string };

/** What was written, with everything that its labels stand for. */
export type Draft = { readonly text: string; readonly folds: readonly Fold[] };

export const emptyComposer: Composer = {
  buffer: editing.emptyBuffer,
  killed: [],
  undo: [],
  redo: [],
  last: 'other',
  folds: [],
};

/** Columns of text behind a prompt and a blank; one stays free for the cursor behind the last character. */
export function composerColumns(columns: number, promptColumns = 1): number {
  return Math.max(10, columns - promptColumns - 2);
}

const undoDepth = 200;

export type EditAction = (composer: Composer, columns: number) => Composer | undefined;

/** Readline's keys. `undefined` from an action: there was nothing to do, so the key may mean something else. */
const actions: Readonly<Record<string, EditAction>> = {
  left: move(editing.moveLeft),
  right: move(editing.moveRight),
  'ctrl+b': move(editing.moveLeft),
  'ctrl+f': move(editing.moveRight),
  home: move(editing.moveToLineStart),
  end: move(editing.moveToLineEnd),
  'ctrl+a': move(editing.moveToLineStart),
  'ctrl+e': move(editing.moveToLineEnd),
  'alt+b': move((buffer) => editing.moveTo(buffer, editing.wordBefore(buffer))),
  'alt+f': move((buffer) => editing.moveTo(buffer, editing.wordAfter(buffer))),
  'ctrl+left': move((buffer) => editing.moveTo(buffer, editing.wordBefore(buffer))),
  'ctrl+right': move((buffer) => editing.moveTo(buffer, editing.wordAfter(buffer))),
  'alt+left': move((buffer) => editing.moveTo(buffer, editing.wordBefore(buffer))),
  'alt+right': move((buffer) => editing.moveTo(buffer, editing.wordAfter(buffer))),
  'ctrl+home': move((buffer) => editing.moveTo(buffer, 0)),
  'ctrl+end': move((buffer) => editing.moveTo(buffer, buffer.text.length)),
  'alt+<': move((buffer) => editing.moveTo(buffer, 0)),
  'alt+>': move((buffer) => editing.moveTo(buffer, buffer.text.length)),
  backspace: change('delete', editing.deleteBack),
  'shift+backspace': change('delete', editing.deleteBack),
  'ctrl+h': change('delete', editing.deleteBack),
  delete: change('delete', editing.deleteForward),
  'ctrl+d': change('delete', editing.deleteForward),
  'ctrl+t': change('other', editing.transpose),
  'ctrl+w': kill((buffer) => [editing.bigWordBefore(buffer), buffer.cursor]),
  'alt+backspace': kill((buffer) => [editing.wordBefore(buffer), buffer.cursor]),
  'ctrl+backspace': kill((buffer) => [editing.wordBefore(buffer), buffer.cursor]),
  'alt+d': kill((buffer) => [buffer.cursor, editing.wordAfter(buffer)]),
  'ctrl+delete': kill((buffer) => [buffer.cursor, editing.wordAfter(buffer)]),
  'ctrl+u': kill((buffer) => joinable(editing.moveToLineStart(buffer).cursor, buffer.cursor, -1)),
  'ctrl+k': kill((buffer) => joinable(buffer.cursor, editing.moveToLineEnd(buffer).cursor, 1, buffer.text.length)),
  'ctrl+y': yank,
  'alt+y': yankPop,
  'ctrl+_': undo,
  'alt+_': redo,
  'ctrl+shift+z': redo,
  'ctrl+j': change('other', (buffer) => editing.insert(buffer, '\n')),
  'shift+return': change('other', (buffer) => editing.insert(buffer, '\n')),
  'alt+return': change('other', (buffer) => editing.insert(buffer, '\n')),
  up: (composer, columns) => vertical(composer, -1, columns),
  down: (composer, columns) => vertical(composer, 1, columns),
};

/** What a key does to the text; undefined when it does nothing here. */
export function edit(composer: Composer, key: Press, columns: number): Composer | undefined {
  const action = actions[keyName(key)];
  if (action) return action(composer, columns);
  if (key.text !== '' && !key.isCtrl && !key.isAlt) return type(composer, key.text);
  return undefined;
}

/** Typed text. A backslash before Enter is the caller's matter. */
export function type(composer: Composer, text: string): Composer {
  return changed(
    composer,
    editing.insert(composer.buffer, text),
    composer.last === 'type' && !/\s/.test(text) ? 'type' : 'other',
    'type',
  );
}

/** Replaces the whole text, e.g. by an entry of the history; can be undone. */
export function setText(composer: Composer, text: string, cursor = text.length): Composer {
  return changed(composer, editing.moveTo({ text, cursor: 0 }, cursor), 'other', 'other');
}

/** What is in the composer, with those folds that are still in it. */
export function draftOf(composer: Composer): Draft {
  const { text } = composer.buffer;
  return { text, folds: composer.folds.filter(({ label }) => text.includes(label)) };
}

/** Puts a draft into the composer, before what is there; can be undone. */
export function putDraft(composer: Composer, draft: Draft): Composer {
  const { text } = composer.buffer;
  const next = setText(composer, text === '' ? draft.text : `${draft.text}\n\n${text}`);
  const labels = new Set(draft.folds.map(({ label }) => label));
  return { ...next, folds: [...composer.folds.filter(({ label }) => !labels.has(label)), ...draft.folds] };
}

/** Several messages as one. */
export function joinDrafts(drafts: readonly Draft[]): Draft {
  return { text: drafts.map(({ text }) => text).join('\n\n'), folds: drafts.flatMap(({ folds }) => folds) };
}

/** An empty composer that remembers what was killed, and goes on numbering its folds. */
export function cleared(composer: Composer): Composer {
  return { ...emptyComposer, killed: composer.killed, folds: composer.folds };
}

/** Replaces a part of the text, e.g. what a completion completes. */
export function replaceRange(composer: Composer, from: number, to: number, text: string): Composer {
  return changed(composer, editing.insert(editing.remove(composer.buffer, from, to), text), 'other', 'other');
}

function changed(composer: Composer, buffer: Buffer, joins: Composer['last'], last: Composer['last']): Composer {
  if (buffer.text === composer.buffer.text) return { ...withoutYank(composer), buffer, last: 'other' };
  const isJoined = joins === composer.last && joins !== 'other';
  const undo = isJoined ? composer.undo : [...composer.undo, composer.buffer].slice(-undoDepth);
  return { ...withoutYank(composer), buffer, undo, redo: [], last };
}

function withoutYank(composer: Composer): Composer {
  if (composer.yank === undefined) return composer;
  const { yank: _, ...rest } = composer;
  return rest;
}

function move(action: (buffer: Buffer) => Buffer): EditAction {
  return (composer) => ({ ...withoutYank(composer), buffer: action(composer.buffer), last: 'other' });
}

function change(kind: Composer['last'], action: (buffer: Buffer) => Buffer): EditAction {
  return (composer) => changed(composer, action(composer.buffer), kind, kind);
}

/** Kills a range; kills in a row join into one entry, as in readline. */
function kill(range: (buffer: Buffer) => readonly [number, number]): EditAction {
  return (composer) => {
    const [from, to] = range(composer.buffer);
    if (from === to) return { ...withoutYank(composer), last: 'other' };
    const text = composer.buffer.text.slice(from, to);
    const [latest = '', ...older] = composer.killed;
    const isForward = from === composer.buffer.cursor;
    const killed =
      composer.last === 'kill'
        ? [isForward ? latest + text : text + latest, ...older]
        : [text, ...composer.killed].slice(0, 20);
    return { ...changed(composer, editing.remove(composer.buffer, from, to), 'kill', 'kill'), killed };
  };
}

/** At the end of a line the line break itself is killed. */
function joinable(from: number, to: number, direction: -1 | 1, length = 0): readonly [number, number] {
  if (from !== to) return [from, to];
  return direction === -1 ? [Math.max(0, from - 1), to] : [from, Math.min(length, to + 1)];
}

function yank(composer: Composer): Composer {
  const text = composer.killed[0];
  if (text === undefined) return composer;
  const next = changed(composer, editing.insert(composer.buffer, text), 'other', 'other');
  return { ...next, yank: { from: composer.buffer.cursor, index: 0 } };
}

function yankPop(composer: Composer): Composer {
  const { yank: last } = composer;
  if (last === undefined) return composer;
  const index = (last.index + 1) % composer.killed.length;
  const removed = editing.remove(composer.buffer, last.from, composer.buffer.cursor);
  const next = changed(composer, editing.insert(removed, composer.killed[index] ?? ''), 'other', 'other');
  return { ...next, yank: { from: last.from, index } };
}

/** Takes the last change back. */
export function undo(composer: Composer): Composer {
  const previous = composer.undo.at(-1);
  if (previous === undefined) return composer;
  return {
    ...withoutYank(composer),
    buffer: previous,
    undo: composer.undo.slice(0, -1),
    redo: [...composer.redo, composer.buffer],
    last: 'other',
  };
}

/** Does again what `undo` took back. */
export function redo(composer: Composer): Composer {
  const next = composer.redo.at(-1);
  if (next === undefined) return composer;
  return {
    ...withoutYank(composer),
    buffer: next,
    redo: composer.redo.slice(0, -1),
    undo: [...composer.undo, composer.buffer],
    last: 'other',
  };
}

function vertical(composer: Composer, direction: -1 | 1, columns: number): Composer | undefined {
  const buffer = editing.moveVertically(composer.buffer, direction, columns);
  return buffer && { ...withoutYank(composer), buffer, last: 'other' };
}
