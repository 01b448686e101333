import chalk from 'chalk';
import { render } from 'ink';
import { App, type AppProps } from '../components/App.tsx';
import type { ViewStore } from '../state/view-store.ts';
import { chalkLevels } from '../text/theme.ts';
import type { Terminal } from './terminal.ts';

/**
 * Puts the screen on the terminal; returns the way to take it off. Commits are paced by who makes them, so ink's own throttle is off:
 * each is on the terminal when it returns, in one piece.
 */
export function mountScreen(store: ViewStore, press: AppProps['press'], terminal: Terminal): () => void {
  const { stdin, stdout, frame, pastes } = terminal;
  chalk.level = chalkLevels[store.snapshot().look.theme.depth];
  const screen = () => <App store={store} press={press} pastes={pastes} />;
  const instance = render(screen(), { stdout, stdin, exitOnCtrlC: false, patchConsole: false, maxFps: 0 });
  const unsubscribe = store.subscribe(() => frame(() => instance.rerender(screen())));
  return () => {
    unsubscribe();
    instance.unmount();
  };
}
