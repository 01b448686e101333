import type { ApprovalMode } from '../../core/types.ts';
import type { App } from '../app.ts';
import { editQueued, interrupt, submitComposer } from '../app-run.ts';
import { setApproval } from '../commands/commands.ts';
import { deleteBack, insert } from '../input/buffer.ts';
import { cleared, composerColumns, draftOf, edit, setText } from '../input/composer.ts';
import { editElsewhere } from '../input/editor.ts';
import { attachImage, imagePath, paste } from '../input/folds.ts';
import { keyName, type Press, press, type TerminalKey } from '../input/key-parser.ts';
import { openTranscript } from '../panels/page/transcript-page.tsx';
import { restoreDraft } from '../state/replace-draft.ts';
import { createCompleting } from './completing.ts';
import { createEscape } from './escape.ts';
import { createRecall } from './recall.ts';
import { pressVimKey } from './vim-key.ts';

/** What Shift+Tab goes through; `full` is only set by name. */
const cycle: readonly ApprovalMode[] = ['ask', 'edits', 'plan'];

/** How long a hint of a whole sentence stands. */
const wordsMs = 5_000;

/** Handles every key that no panel takes. */
export function createKeyHandler(app: App): (key: TerminalKey) => void {
  const { state } = app;
  const changed = () => {
    recall.forget();
    completing.update();
    app.repaint();
  };
  const enter = () => {
    const { buffer } = state.composer;
    if (buffer.text[buffer.cursor - 1] === '\\') {
      state.composer = { ...state.composer, buffer: insert(deleteBack(buffer), '\n') };
      return changed();
    }
    recall.forget();
    void app.keyHolds.hold(() => submitComposer(app));
  };
  /** Another program has the terminal. */
  const untilBack = (begin: () => Promise<void>) => app.keyHolds.hold(begin, Number.POSITIVE_INFINITY);
  const recall = createRecall(app, changed);
  const completing = createCompleting(app, { changed, enter });
  const onEscape = createEscape(app, changed);
  const write = (key: Press) => {
    const next = edit(state.composer, key, composerColumns(state.look.columns));
    if (next === undefined) return leaveText(key);
    const isSameText = next.buffer.text === state.composer.buffer.text;
    state.composer = next;
    if (!isSameText) return changed();
    completing.update();
    app.repaint();
  };
  /** Up and down that lead out of the text. */
  const leaveText = (key: Pick<Press, 'name'>) => {
    if (key.name === 'up' && !recall.isUnderWay() && editQueued(app)) return;
    if (key.name === 'up') recall.move(-1);
    else if (key.name === 'down') recall.move(1);
  };
  const actions: Readonly<Record<string, () => void>> = {
    return: enter,
    escape: onEscape.press,
    'ctrl+c': () => {
      stopOrClear(app);
      recall.forget();
    },
    'ctrl+v': () => app.setHint('An image comes as a file: drop it here, or paste its path', wordsMs),
    'ctrl+b': () =>
      isWorking(app) && state.composer.buffer.text === ''
        ? app.setHint('What runs stays in sight: Esc ends it; /jobs lists what runs in the background', wordsMs)
        : write(press('b', { isCtrl: true })),
    'ctrl+l': app.clearScreen,
    'ctrl+o': () => openTranscript(app),
    'ctrl+r': () => void recall.search(),
    'ctrl+g': () => void untilBack(() => editElsewhere(app).then(changed)),
    'ctrl+z': () => void untilBack(() => app.suspend(stopProcess)),
    'alt+t': () => toggleReasoning(app),
    'shift+tab': () =>
      app.setHint(setApproval(app, cycle[(cycle.indexOf(state.view.approval) + 1) % cycle.length] ?? 'ask')),
  };
  const take = (key: TerminalKey) => {
    if (key.type === 'paste') {
      onEscape.forget();
      const image = imagePath(key.text, app.deps.info.cwd);
      state.composer = image ? attachImage(state.composer, image) : paste(state.composer, key.text);
      changed();
      if (key.isUnmarked) app.setHint('It came at once, so it was read as a paste: Enter sends it', wordsMs);
      return;
    }
    if (key.type !== 'key') return;
    if (key.name !== 'escape') onEscape.forget();
    if (state.completion && completing.press(key, state.completion)) return;
    if (state.vim && pressVimKey(app, state.vim, key, { take, changed, leaveText })) return;
    (actions[keyName(key)] ?? (() => write(key)))();
  };
  return take;
}

/** The agent works, or a command of the user's own. */
export function isWorking({ state }: App): boolean {
  return state.isRunning || state.shell !== undefined;
}

/** Ctrl+C: what is written goes into the history; where nothing is, what goes on ends, or the question is left. */
function stopOrClear(app: App): void {
  const { state } = app;
  const isForDraft = state.composer.buffer.text !== '';
  if (isForDraft) {
    app.history.add(draftOf(state.composer));
    state.composer = setText({ ...cleared(state.composer), undo: state.composer.undo }, '');
    restoreDraft(state);
  } else if (isWorking(app)) interrupt(app);
  else state.question?.press(press('escape'));
  state.completion = undefined;
  app.setHint(isForDraft && isWorking(app) ? 'Ctrl+C again interrupts' : 'Ctrl+C again leaves');
}

function toggleReasoning({ state, setHint }: App): void {
  state.look = { ...state.look, showsReasoning: !state.look.showsReasoning };
  setHint(state.look.showsReasoning ? 'Reasoning is shown from now on' : 'Reasoning is folded from now on');
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
