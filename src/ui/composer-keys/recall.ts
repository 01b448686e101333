import type { App } from '../app.ts';
import { pick } from '../commands/choice-command.ts';
import { type Draft, draftOf, putDraft, setText } from '../input/composer.ts';

/** What was sent before, back in the composer. */
export type Recall = {
  /** One entry back or forth; what was being written comes behind the newest. */
  readonly move: (direction: -1 | 1) => Promise<void>;
  /** Ctrl+R: a list of all of them. */
  readonly search: () => Promise<void>;
  readonly isUnderWay: () => boolean;
  /** The text was changed: the next move begins at the newest again. */
  readonly forget: () => void;
};

export function createRecall(app: App, changed: () => void): Recall {
  const { state, history, repaint } = app;
  let place: number | undefined;
  let draft: Draft = { text: '', folds: [] };
  const put = (wanted: Draft) => {
    state.composer = putDraft(setText(state.composer, ''), wanted);
  };
  return {
    move: async (direction) => {
      const entries = await history.load();
      const from = place ?? entries.length;
      const next = from + direction;
      if (next < 0 || next > entries.length) return;
      if (from === entries.length) draft = draftOf(state.composer);
      place = next === entries.length ? undefined : next;
      put(entries[next] ?? draft);
      repaint();
    },
    search: async () => {
      const newest = [...(await history.load())].reverse();
      const seen = new Set<string>();
      const unique = newest.filter(({ text }) => !seen.has(text) && seen.add(text));
      const entries = unique.map((value) => ({ label: value.text, value }));
      const picked = await pick(app, { title: 'History', empty: 'Nothing was sent yet.', entries });
      if (picked !== undefined) {
        history.add(draftOf(state.composer));
        put(picked);
      }
      changed();
    },
    isUnderWay: () => place !== undefined,
    forget: () => {
      place = undefined;
    },
  };
}
