import { foldName } from '../../core/text/names.ts';
import type { Tool } from '../../core/tool.ts';
import type { AgentDefinition } from './find-agents.ts';

/** The tool that gives tasks to subagents. */
export const taskToolName = 'task';

const readers: readonly string[] = ['read', 'search', 'plan'];

/** The tools that an agent has, out of those of the session; only the first generation may give tasks on where `mayDelegate`. */
export function chooseTools(agent: AgentDefinition, tools: readonly Tool[], mayDelegate: boolean): Tool[] {
  // A subagent has no user: what it does not know it tells who gave it the task.
  const possible = tools.filter(({ name }) => name !== 'ask_user' && (mayDelegate || name !== taskToolName));
  const { tools: wanted } = agent;
  if (wanted === undefined) return possible;
  if (wanted === 'read-only') return possible.filter(({ name, act }) => readers.includes(act) && name !== taskToolName);
  return possible.filter((tool) => wanted.some((name) => isMeant(name, tool)));
}

/** Tools that an agent's file names and the session doesn't have. */
export function missingTools({ tools: wanted }: AgentDefinition, tools: readonly Tool[]): readonly string[] {
  if (wanted === undefined || wanted === 'read-only') return [];
  return wanted.filter((name) => !/^(?:task|agent)\b/i.test(name) && !tools.some((tool) => isMeant(name, tool)));
}

/** Whether an agent can change nothing, so that several may run side by side. */
export function isReadOnly(tools: readonly Tool[]): boolean {
  return tools.every(({ name, act }) => readers.includes(act) && name !== taskToolName);
}

/** `Bash`, `Bash(git:*)`, `read_file`, `mcp__server`, `mcp__server__*`: as other agents write them. */
function isMeant(wanted: string, tool: Tool): boolean {
  const name = wanted.replace(/\(.*$/, '').trim();
  if (name.startsWith('mcp__')) {
    const prefix = name.replace(/(__)?\*$/, '');
    return tool.name === prefix || tool.name.startsWith(`${prefix}__`) || tool.name.startsWith('mcp_');
  }
  return [tool.name, ...tool.aliases].some((each) => foldName(each) === foldName(name));
}
