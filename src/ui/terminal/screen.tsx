import chalk from 'chalk';
import { render } from 'ink';
import { App } from '../components/App.tsx';
import { CaretProvider } from '../hooks/use-caret.ts';
import { type KeySource, KeysProvider } from '../hooks/use-keys.ts';
import type { Store } from '../state/store.ts';
import { chalkLevels } from '../text/theme.ts';

/**
 * Puts the screen on the terminal; returns the way to take it off. Commits are paced by who makes them, so ink's own throttle is off,
 * and what one of them writes goes to the terminal in one piece.
 */
export function mountScreen(
  store: Store,
  keys: KeySource,
  stdout: NodeJS.WriteStream,
  stdin: NodeJS.ReadStream,
): () => void {
  chalk.level = chalkLevels[store.snapshot().look.theme.depth];
  const screen = (
    <KeysProvider value={keys}>
      <CaretProvider value={store.caret}>
        <App store={store} />
      </CaretProvider>
    </KeysProvider>
  );
  const instance = render(screen, { stdout, stdin, exitOnCtrlC: false, patchConsole: false, maxFps: 0 });
  store.onCommit(() => {
    stdout.cork();
    instance.rerender(screen);
    stdout.uncork();
  });
  return () => {
    store.onCommit(() => undefined);
    instance.unmount();
  };
}
