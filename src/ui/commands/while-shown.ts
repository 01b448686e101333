import type { App } from '../app.ts';

export type ShownCommand = { readonly signal: AbortSignal; readonly onOutput: (output: string) => void };

/** Shows what runs, with its output, in the place of a command of the user's; Esc ends it. */
export async function whileShown<Result>(
  app: App,
  command: string,
  work: (watch: ShownCommand) => Promise<Result>,
): Promise<Result> {
  const abort = new AbortController();
  const startedAt = Date.now();
  const show = (output: string) => {
    app.state.shell = { command, startedAt, output, kill: () => abort.abort() };
    app.panels.soon();
  };
  show('');
  app.repaint();
  try {
    return await work({ signal: abort.signal, onOutput: show });
  } finally {
    app.state.shell = undefined;
    app.repaint();
  }
}
