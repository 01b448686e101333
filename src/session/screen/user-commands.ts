import { existsSync } from 'node:fs';
import { messageOf, UserError } from '../../core/errors.ts';
import { sanitize } from '../../core/text/sanitize.ts';
import { reviewTask } from '../../git-work/code-review-task.ts';
import type { McpPrompt } from '../../mcp/resources-and-prompts.ts';
import { builtInCommands } from '../../slash-commands/built-in.ts';
import { type CustomCommand, expandCommand, expandSlash } from '../../slash-commands/custom.ts';
import type { SlashCommand } from '../../ui/screen-deps.ts';
import type { Extensions } from '../calls/extensions.ts';
import type { ShownSession } from './shown-session.ts';

/** Slash commands in addition to the screen's own: the user's Markdown files, prompts of MCP servers, and their state where there are any. */
export function userCommands(
  shown: ShownSession,
  withOwn: (known: readonly CustomCommand[]) => readonly CustomCommand[],
): SlashCommand[] {
  const { commands, mcp, skills } = shown.current().extensions;
  const own: SlashCommand[] = withOwn(commands).map((command) => ({
    name: command.name,
    help: sanitize(command.description),
    ...(command.hint ? { hint: command.hint } : {}),
    run: (argument: string) => ({ submit: expandCommand(command, argument) }),
  }));
  if (skills.length > 0) own.push(showSkills(skills));
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
  const prompts = mcp.known().prompts.map((prompt) => ({
    name: commandName(prompt),
    help: sanitize(prompt.description || `a prompt of ${prompt.server}`),
    ...(prompt.arguments.length > 0 ? { hint: describeArguments(prompt) } : {}),
    run: async (argument: string) => ({ submit: await prompt.expand(argument) }),
  }));
  return [...own, ...prompts, showServers];
}

function showSkills(skills: Extensions['skills']): SlashCommand {
  return {
    name: 'skills',
    help: 'skills: what each is for; /NAME uses one',
    run: () => ({
      show: skills
        .map(
          ({ name, description, source, folder }) => `- **/${name}** (${source}): ${sanitize(description)} ${folder}`,
        )
        .join('\n'),
    }),
  };
}

/** `server:prompt`, in the letters that a command may have. */
function commandName({ server, name }: McpPrompt): string {
  return `${server}:${name}`.replace(/[^\w:-]/g, '_');
}

function describeArguments({ arguments: wanted }: McpPrompt): string {
  return wanted.map(({ name, isRequired }) => (isRequired ? sanitize(name) : `[${sanitize(name)}]`)).join(' ');
}

/**
 * The task of a run without a screen: `/review`, `/name` of a command of the user's own or `/server:prompt` of an MCP server is expanded, anything
 * else stays as it is, and `onUnknown` is told of what looks like a command and is none. Throws UserError when a prompt can't be had.
 */
export async function expandTask(
  task: string,
  { commands, mcp }: Pick<Extensions, 'commands' | 'mcp'>,
  cwd: string,
  onUnknown: (message: string) => void = () => {},
): Promise<string> {
  const [, own, argument = ''] = /^\/(review|commit)(?:\s+([\s\S]*))?$/.exec(task.trim()) ?? [];
  const isTheirs = commands.some(({ name }) => name === own);
  if (own === 'review' && !isTheirs) return reviewTask(cwd, argument);
  if (own === 'commit' && !isTheirs) throw new UserError('/commit asks before it commits, so it needs the screen.');
  const expanded = expandSlash(task, commands);
  const match = /^\/([\w:-]+)(?:\s+([\s\S]*))?$/.exec(task.trim());
  if (expanded !== task || match === null) return expanded;
  const prompt = match[1]?.includes(':')
    ? (await mcp?.prompts())?.find((each) => commandName(each) === match[1])
    : undefined;
  if (prompt === undefined) {
    if (!existsSync(`/${match[1]}`)) onUnknown(describeUnknown(match[1] ?? ''));
    return task;
  }
  try {
    return await prompt.expand(match[2] ?? '');
  } catch (error) {
    throw new UserError(`/${match[1]}: ${messageOf(error)}`);
  }
}

function describeUnknown(name: string): string {
  const what = builtInCommands.has(name) ? `/${name} is a command of the screen` : `There is no command /${name}`;
  return `${what}; the words go to the model as they are.`;
}
