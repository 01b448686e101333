import type { App } from '../app.ts';
import { pick } from '../commands/choice-command.ts';
import { type Draft, putDraft, setText } from '../input/composer.ts';
import { replaceDraft, restoreDraft } from '../state/replace-draft.ts';
import { shortPath } from '../text/shown-figures.ts';

/** What was sent before, back in the composer. */
export function createRecall(app: App, changed: () => void) {
  const { state, history, repaint } = app;
  let place: number | undefined;
  /** Something was being written when it began. */
  let hasDraft = false;
  const put = (wanted: Draft) => {
    state.composer = putDraft(setText(state.composer, ''), wanted);
  };
  return {
    /** One entry of this folder back or forth; what was being written comes back behind the newest, or once the entry is sent. */
    move: (direction: -1 | 1) => {
      const entries = history.loadHere();
      const next = (place ?? entries.length) + direction;
      const entry = entries[next];
      if (next < 0) return;
      if (entry && place === undefined) hasDraft = replaceDraft(state, entry);
      else if (entry) put(entry);
      else if (place !== undefined || state.composer.buffer.text === '') {
        put({ text: '', folds: [] });
        if (place === undefined || hasDraft) restoreDraft(state);
      }
      place = entry && next;
      repaint();
    },
    /** Ctrl+R: a list of all of them. */
    search: async () => {
      const newest = [...history.load()].reverse();
      const seen = new Set<string>();
      const unique = newest.filter(({ text }) => !seen.has(text) && seen.add(text));
      const { cwd } = app.deps.info;
      const entries = unique.map((value) => ({
        label: value.text,
        ...(value.cwd && value.cwd !== cwd ? { detail: `in ${shortPath(value.cwd, state.look.home)}` } : {}),
        value,
      }));
      const picked = await pick(app, { title: 'History', empty: 'Nothing was sent yet.', entries });
      if (picked !== undefined) replaceDraft(state, picked);
      changed();
    },
    isUnderWay: () => place !== undefined,
    /** The text was changed: the next move begins at the newest again. */
    forget: () => {
      place = undefined;
    },
  };
}
