import { expandCommand } from '../commands/custom.ts';
import { sanitize } from '../core/sanitize.ts';
import type { SlashCommand } from '../ui/deps.ts';
import type { Stage } from './screen.ts';

/** Slash commands beside the screen's own: the user's Markdown files, and the state of MCP servers where there are any. */
export function userCommands(stage: Stage): SlashCommand[] {
  const { commands, mcp } = stage.current().extensions;
  const own = commands.map((command) => ({
    name: command.name,
    help: sanitize(command.description),
    ...(command.hint ? { hint: command.hint } : {}),
    run: (argument: string) => ({ submit: expandCommand(command, argument) }),
  }));
  if (!mcp) return own;
  const showServers: SlashCommand = {
    name: 'mcp',
    help: 'MCP servers: their state, tools and logs',
    run: () => ({
      show: mcp
        .servers()
        .map(
          ({ name, state, tools, log, problem }) =>
            `- **${name}**: ${state}${problem ? ` (${sanitize(problem)})` : ''}, ${tools.length} tools${tools.length > 0 ? `: ${tools.join(', ')}` : ''}. Log: ${log}`,
        )
        .join('\n'),
    }),
  };
  return [...own, showServers];
}
