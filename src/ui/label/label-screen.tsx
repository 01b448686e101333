import chalk from 'chalk';
import { render } from 'ink';
import { UserError } from '../../core/errors.ts';
import type { LabelScreenOptions } from '../../core/qualitative-coding.ts';
import { guardTerminal, openTerminal } from '../terminal/terminal.ts';
import { createDrawContext } from '../text/draw-context.ts';
import { chalkLevels } from '../text/theme.ts';
import { Labelling } from './Labelling.tsx';

/** Shows the labelling screen on this process's terminal until the coder leaves. Throws UserError where there is no terminal. */
export async function openLabelScreen(options: LabelScreenOptions): Promise<void> {
  const { stdin, stdout, env } = process;
  if (!stdin.isTTY || !stdout.isTTY) throw new UserError('label needs a terminal; run it without a pipe.');
  const terminal = openTerminal(stdin, stdout, env);
  const guard = guardTerminal(terminal);
  terminal.take();
  terminal.setAlternate(true);
  terminal.askBackground();
  const look = createDrawContext({}, env, stdout);
  chalk.level = chalkLevels[look.theme.depth];
  try {
    await new Promise<void>((resolve) => {
      const instance = render(
        <Labelling
          options={options}
          look={look}
          onLeave={() => {
            instance.unmount();
            resolve();
          }}
        />,
        { stdout, stdin, exitOnCtrlC: false, patchConsole: false },
      );
    });
  } finally {
    terminal.restore();
    guard.end();
  }
}
