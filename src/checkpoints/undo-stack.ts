import type { KeptState } from './checkpoint-records.ts';

export type UndoStack = {
  /** The states before the turns that stand, oldest first: `/undo` means the last one. */
  readonly undo: readonly KeptState[];
  /** The states just before each restore that can be reversed: `/redo` means the last one. */
  readonly redo: readonly KeptState[];
};

type Undone = { readonly state: KeptState; readonly undo: readonly KeptState[] };

/**
 * Which turns stand and which restores can be reversed, as the records tell it, so that a resumed session knows it too. A turn of which
 * something was left in place stands; one that was taken back, and those that a later turn has taken the place of, are gone.
 */
export function readUndoStack(records: readonly KeptState[]): UndoStack {
  let undo: readonly KeptState[] = [];
  let undone: readonly Undone[] = [];
  for (const [index, each] of records.entries()) {
    if (each.kind === 'before') [undo, undone] = [[...undo, each], []];
    if (each.kind !== 'restore') continue;
    const goal = records.find(({ id }) => id === each.goal);
    const end = records[index + 1];
    const isWhole = end?.kind === 'after' && !end.isPartial;
    if (goal?.kind === 'before') {
      undone = [...undone, { state: each, undo }];
      const place = undo.indexOf(goal);
      if (place !== -1) undo = undo.slice(0, isWhole ? place : place + 1);
    } else if (goal?.kind === 'restore') {
      const place = undone.findIndex(({ state }) => state === goal);
      undo = undone[place]?.undo ?? undo;
      if (place !== -1) undone = undone.slice(0, isWhole ? place : place + 1);
    }
  }
  return { undo, redo: undone.map(({ state }) => state) };
}
