import type { App } from '../app.ts';
import { composerColumns } from '../input/composer.ts';
import { keyName, type Press, type TerminalKey } from '../input/key-parser.ts';
import { newVim, pressVim, type Vim } from '../input/vim/press-vim.ts';

type Parts = {
  readonly take: (key: TerminalKey) => void;
  readonly changed: () => void;
  /** Up or down that leads out of the text. */
  readonly leaveText: (key: { readonly name: 'up' | 'down' }) => void;
};

/**
 * True when the key was one of vim's. Esc ends the run at once where nothing is written; what is sent leaves the modes at their
 * beginning.
 */
export function pressVimKey(app: App, vim: Vim, key: Press, { take, changed, leaveText }: Parts): boolean {
  const { state } = app;
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
  if (result.passAs) leaveText({ name: result.passAs });
  else if (result.composer.buffer.text !== before) changed();
  else app.repaint();
  return true;
}
