import { type KeyBindings, keysOf } from '../../core/screen/key-actions.ts';
import type { SlashCommand } from '../screen-deps.ts';

const keys = `| key | does |
|---|---|
| Enter | sends; while the agent works, at its next step |
| Shift+Enter, Ctrl+J, \\\\ Enter | new line |
| Esc | interrupts; twice: goes back to an earlier message |
| Ctrl+C twice, Ctrl+D | leaves |
| Shift+Tab | approval: ask, edits, plan |
| Up, Down, Ctrl+R | history, search in it |
| @ / ! | files, commands, a shell command of your own |
| Ctrl+O | transcript with everything unfolded |
| Alt+T | reasoning shown or folded |
| Ctrl+G | writes in $EDITOR |
| Ctrl+A E B F, Alt+B F D, Ctrl+W U K Y, Ctrl+_ | as in readline |
| Ctrl+L, Ctrl+Z | redraws, suspends |`;

/** `/help` as Markdown. */
export function helpPage(commands: readonly SlashCommand[], bindings: KeyBindings = {}): string {
  const rows = commands.map(({ name, hint = '', help, aliases = [] }) => {
    const also = aliases.map((alias) => `/${alias}`).join(', ');
    return `| /${name} ${hint.replaceAll('|', '\\|')} | ${help}${also && ` (also ${also})`} |`;
  });
  const own = Object.entries(bindings).map(([action, given]) => `${action}: ${keysOf(given).join(', ') || 'none'}`);
  const changed = own.length === 0 ? '' : `\n\nKeys of your own, in place of the usual ones: ${own.join('; ')}.`;
  return `${keys}${changed}\n\n| command | does |\n|---|---|\n${rows.join('\n')}`;
}
