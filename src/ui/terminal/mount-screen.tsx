import chalk from 'chalk';
import { render } from 'ink';
import { App } from '../components/App.tsx';
import type { ViewStore } from '../state/view-store.ts';
import { chalkLevels } from '../text/theme.ts';
import type { Terminal } from './terminal.ts';

/**
 * Puts the screen on the terminal; returns the way to take it off. Commits are paced by who makes them, so ink's own throttle is off,
 * and what one of them writes goes to the terminal in one piece.
 */
export function mountScreen(store: ViewStore, { stdin, stdout, frame }: Terminal): () => void {
  chalk.level = chalkLevels[store.snapshot().look.theme.depth];
  const screen = <App store={store} />;
  const instance = render(screen, { stdout, stdin, exitOnCtrlC: false, patchConsole: false, maxFps: 0 });
  store.onCommit(() => frame(() => instance.rerender(screen)));
  return () => {
    store.onCommit(() => undefined);
    instance.unmount();
  };
}
