import type { App } from '../app.ts';
import { interrupt } from '../app-run.ts';
import { openRewind } from '../commands/commands-session.tsx';
import { draftOf, setText } from '../input/composer.ts';
import { restoreDraft } from '../state/replace-draft.ts';

/** Two presses within this time, and none of another key between them, are one gesture. */
export const doubleMs = 1_500;

/** Esc: ends what goes on; twice: clears the text, or goes back to an earlier message. `forget`: another key came. */
export function createEscape(app: App, changed: () => void) {
  const { state } = app;
  let last = Number.NEGATIVE_INFINITY;
  const forget = () => {
    if (performance.now() - last < doubleMs) app.setHint('');
    last = Number.NEGATIVE_INFINITY;
  };
  const press = () => {
    // What it gives back to the composer is not cleared by a second press of the same haste.
    if (state.isRunning || state.shell) {
      last = Number.NEGATIVE_INFINITY;
      return interrupt(app);
    }
    const isDouble = performance.now() - last < doubleMs;
    last = isDouble ? Number.NEGATIVE_INFINITY : performance.now();
    if (state.composer.buffer.text !== '') {
      if (!isDouble) return app.setHint('Esc again clears the text');
      app.history.add(draftOf(state.composer));
      state.composer = setText(state.composer, '');
      restoreDraft(state);
      app.setHint('');
      return changed();
    }
    if (isDouble) void app.keyHolds.hold(() => openRewind(app));
    else if (app.deps.session.checkpoints) app.setHint('Esc again goes back to an earlier message');
  };
  return { press, forget };
}
