import type { ApprovalMode } from '../core/types.ts';
import type { App } from './app.ts';
import { editQueued, interrupt, submitComposer } from './app-run.ts';
import { deleteBack, insert } from './input/buffer.ts';
import { accept, type Completion, type CompletionSources, findCompletion } from './input/completion.ts';
import { cleared, type Draft, draftOf, edit, putDraft, setText } from './input/composer.ts';
import { composerColumns } from './input/composer-columns.ts';
import { editElsewhere } from './input/editor.ts';
import { attachImage, imagePath, paste } from './input/folds.ts';
import { type Key, keyName } from './input/keys.ts';
import { newVim, pressVim, type Vim } from './input/vim/press-vim.ts';
import { openPicker } from './panels/picker/open-picker.tsx';

type Press = Extract<Key, { type: 'key' }>;

/** Two presses within this time are one gesture. */
export const doubleMs = 1_500;

/** What Shift+Tab goes through; `full` is only set by name. */
const cycle: readonly ApprovalMode[] = ['ask', 'edits', 'plan'];

/** Pages and pickers that a key opens; the commands offer the same. */
export type KeyTargets = {
  readonly openTranscript: () => void;
  readonly openRewind: () => void;
  readonly setApproval: (mode: ApprovalMode) => void;
  readonly clearScreen: () => void;
};

/** Handles every key that no panel takes. */
export function createKeyHandler(app: App, sources: CompletionSources, targets: KeyTargets): (key: Key) => void {
  const { state } = app;
  let lastEscape = Number.NEGATIVE_INFINITY;
  let historyPlace: number | undefined;
  let draft: Draft = { text: '', folds: [] };

  const update = async () => {
    const { buffer } = state.composer;
    const found = await findCompletion(state.composer, sources);
    if (state.composer.buffer !== buffer) return;
    if (found === undefined && state.completion === undefined) return;
    state.completion = found;
    app.repaint();
  };
  const changed = () => {
    historyPlace = undefined;
    void update();
    app.repaint();
  };
  const put = (wanted: Draft) => {
    state.composer = putDraft(setText(state.composer, ''), wanted);
  };
  const recall = async (direction: -1 | 1) => {
    const entries = await app.history.load();
    const place = historyPlace ?? entries.length;
    const next = place + direction;
    if (next < 0 || next > entries.length) return;
    if (place === entries.length) draft = draftOf(state.composer);
    historyPlace = next === entries.length ? undefined : next;
    put(entries[next] ?? draft);
    app.repaint();
  };
  const searchHistory = async () => {
    const entries = [...(await app.history.load())].reverse();
    const seen = new Set<string>();
    const unique = entries.filter(({ text }) => !seen.has(text) && seen.add(text));
    const picked = await openPicker(app.panels, {
      title: 'History',
      empty: 'nothing sent yet',
      entries: unique.map((value) => ({ label: value.text, value })),
    });
    if (picked !== undefined) put(picked);
    changed();
  };
  const pressEscape = () => {
    const isDouble = performance.now() - lastEscape < doubleMs;
    lastEscape = isDouble ? Number.NEGATIVE_INFINITY : performance.now();
    if (state.isRunning || state.shell) return interrupt(app);
    if (state.composer.buffer.text !== '') {
      if (!isDouble) return app.setHint('Esc again clears the text');
      app.history.add(draftOf(state.composer));
      state.composer = setText(state.composer, '');
      return changed();
    }
    if (isDouble) targets.openRewind();
    else if (app.deps.session.rewind) app.setHint('Esc again goes back to an earlier message');
  };
  const controlC = () => {
    if (state.composer.buffer.text !== '') {
      app.history.add(draftOf(state.composer));
      state.composer = setText({ ...cleared(state.composer), undo: state.composer.undo }, '');
    } else if (state.isRunning || state.shell) interrupt(app);
    else state.question?.press(plainKey('escape'));
    state.completion = undefined;
    historyPlace = undefined;
    app.setHint('Ctrl+C again leaves');
  };
  const enter = () => {
    const { buffer } = state.composer;
    if (buffer.text[buffer.cursor - 1] === '\\') {
      state.composer = { ...state.composer, buffer: insert(deleteBack(buffer), '\n') };
      return changed();
    }
    historyPlace = undefined;
    void submitComposer(app);
  };
  const global: Readonly<Record<string, () => void>> = {
    return: enter,
    escape: pressEscape,
    'ctrl+c': controlC,
    'ctrl+d': () => {
      if (state.composer.buffer.text === '') app.leave(0);
      else typed(plainKey('delete'));
    },
    'ctrl+l': targets.clearScreen,
    'ctrl+o': targets.openTranscript,
    'ctrl+r': () => void searchHistory(),
    'ctrl+g': () => void editElsewhere(app).then(changed),
    'ctrl+z': () => void app.suspend(stopProcess),
    'alt+t': () => {
      state.look = { ...state.look, showsReasoning: !state.look.showsReasoning };
      app.setHint(state.look.showsReasoning ? 'Reasoning is shown from now on' : 'Reasoning is folded from now on');
    },
    'shift+tab': () => targets.setApproval(cycle[(cycle.indexOf(state.view.approval) + 1) % cycle.length] ?? 'ask'),
  };
  const typed = (key: Press) => {
    const next = edit(state.composer, key, composerColumns(state.look.columns));
    if (next !== undefined) {
      const isSameText = next.buffer.text === state.composer.buffer.text;
      state.composer = next;
      if (!isSameText) return changed();
      void update();
      return app.repaint();
    }
    if (key.name === 'up' && state.composer.buffer.text === '' && historyPlace === undefined && editQueued(app)) return;
    if (key.name === 'up') void recall(-1);
    else if (key.name === 'down') void recall(1);
  };
  const take = (key: Key) => {
    if (key.type === 'paste') {
      const image = imagePath(key.text, app.deps.info.cwd);
      state.composer = image ? attachImage(state.composer, image) : paste(state.composer, key.text);
      return changed();
    }
    if (key.type !== 'key') return;
    if (state.completion && completionKey(key, state.completion)) return;
    if (state.vim && vimKey(key, state.vim)) return;
    const action = global[keyName(key)];
    if (action) action();
    else typed(key);
  };
  /** Esc ends the run at once where nothing is written; what is sent leaves the modes at their beginning. */
  const vimKey = (key: Press, vim: Vim): boolean => {
    // Keys that came together are commands one by one.
    if (vim.mode === 'normal' && key.name === 'text') {
      for (const character of key.text) take({ ...key, name: character, text: character });
      return true;
    }
    const isBusy = state.isRunning || state.shell !== undefined;
    if (key.name === 'escape' && isBusy && state.composer.buffer.text === '') return false;
    if (keyName(key) === 'return') state.vim = newVim;
    const before = state.composer.buffer.text;
    const result = pressVim(vim, state.composer, key, composerColumns(state.look.columns));
    if (result === undefined) return false;
    state.vim = result.vim;
    state.composer = result.composer;
    if (result.passAs) void recall(result.passAs === 'up' ? -1 : 1);
    else if (result.composer.buffer.text !== before) changed();
    else app.repaint();
    return true;
  };
  const completionKey = (key: Press, completion: Completion): boolean => {
    const count = completion.candidates.length;
    const select = (selected: number) => {
      state.completion = { ...completion, selected: (selected + count) % count };
      app.repaint();
      return true;
    };
    if (key.name === 'up' || keyName(key) === 'ctrl+p') return select(completion.selected - 1);
    if (key.name === 'down' || keyName(key) === 'ctrl+n') return select(completion.selected + 1);
    if (key.name === 'escape') {
      state.completion = undefined;
      app.repaint();
      return true;
    }
    const isTab = key.name === 'tab' && !key.isShift;
    if (!isTab && keyName(key) !== 'return') return false;
    const candidate = completion.candidates[completion.selected]?.text ?? '';
    const isWhole = state.composer.buffer.text === candidate;
    if (isTab || !isWhole) state.composer = accept(state.composer, completion);
    state.completion = undefined;
    const runsAtOnce =
      completion.kind !== 'file' &&
      !isTab &&
      (completion.kind === 'argument' || !app.commands().find((command) => `/${command.name}` === candidate)?.hint);
    if (isWhole || runsAtOnce) enter();
    else changed();
    return true;
  };
  return take;
}

function plainKey(name: string): Press {
  return { type: 'key', name, text: '', isCtrl: false, isAlt: false, isShift: false };
}

/** How long a stop that was asked for may take; where no shell could bring us back the system ignores it. */
const stopMs = 300;

/**
 * Ctrl+Z: as in any program of a terminal the whole job stops, `npx` with us. Resolves when the shell brings it back, and at once where
 * there is no shell.
 */
function stopProcess(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGCONT', () => resolve());
    setTimeout(resolve, stopMs);
    process.kill(0, 'SIGTSTP');
  });
}
