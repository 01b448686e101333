import * as z from 'zod';
import { loadPrompt } from '../../core/prompt.ts';
import type { Tool, ToolContext, ToolOutput } from '../../core/tool.ts';
import type { JsonObject } from '../../core/types.ts';
import { taskToolName } from './choose-tools.ts';
import type { AgentDefinition } from './find-agents.ts';

const input = z.object({
  description: z.string().describe('The task in three to six words'),
  prompt: z.string().min(1).describe('All that the subagent needs to know, and what it should answer with'),
  agent: z.string().default('general'),
  background: z
    .boolean()
    .optional()
    .describe('true: you go on at once, and the answer comes as a message. The turn does not end before it has come'),
  worktree: z
    .boolean()
    .optional()
    .describe(
      'true: it works in a copy of the repository (git worktree), next to others; its changes come back if the user allows it',
    ),
});

export type TaskInput = z.output<typeof input>;

export type TaskToolParts = {
  readonly agents: readonly AgentDefinition[];
  readonly isReadOnly: (agent: AgentDefinition) => boolean;
  readonly run: (agent: AgentDefinition, task: TaskInput, context: ToolContext) => Promise<ToolOutput>;
};

const maxListLength = 6_000;

/** The tool by which the model gives tasks away. It acts by its subagent's calls alone, and each of these needs its own permission. */
export function makeTaskTool({ agents, isReadOnly, run }: TaskToolParts): Tool {
  const { $schema: _, ...parameters } = z.toJSONSchema(input, { io: 'input' });
  const lines = agents.map(({ name, description }) => `- ${name}: ${description.slice(0, 600)}`);
  const find = (name: string) => agents.find((agent) => agent.name.toLowerCase() === name.trim().toLowerCase());
  return {
    name: taskToolName,
    act: 'plan',
    aliases: ['subagent', 'agent', 'delegate', 'spawn_agent', 'dispatch_agent', 'run_subagent'],
    schema: {
      name: taskToolName,
      description: loadPrompt('tools/task', { agents: lines.join('\n').slice(0, maxListLength) }),
      parameters,
    },
    isAlone: (raw) => {
      const { agent: name = 'general', background, worktree } = rename(raw);
      const agent = typeof name === 'string' ? find(name) : undefined;
      if (background === true || worktree === true || agent?.isIsolated) return false;
      return agent === undefined || !isReadOnly(agent);
    },
    prepare: (raw) => {
      const parsed = input.safeParse(rename(raw));
      if (!parsed.success) return 'it needs the texts "description" and "prompt"';
      const agent = find(parsed.data.agent);
      if (agent === undefined)
        return `there is no agent ${JSON.stringify(parsed.data.agent)}; there are ${agents.map(({ name }) => name).join(', ')}`;
      return {
        title: `${agent.name}: ${parsed.data.description}`,
        targets: [],
        run: (context) => run(agent, parsed.data, context),
      };
    },
  };
}

/** Names that other agents' models have learnt. */
function rename(raw: JsonObject): JsonObject {
  const agent = raw.agent ?? raw.subagent_type ?? raw.agent_type ?? raw.subagent;
  const background = raw.background ?? raw.run_in_background;
  const worktree = raw.worktree ?? (raw.isolation === 'worktree' ? true : undefined);
  const prompt = raw.prompt ?? raw.task ?? raw.message;
  return {
    ...raw,
    prompt,
    description: raw.description ?? raw.title ?? (typeof prompt === 'string' ? prompt.slice(0, 60) : undefined),
    ...(agent === undefined || agent === null ? {} : { agent }),
    ...(background === undefined || background === null ? {} : { background }),
    ...(worktree === undefined || worktree === null ? {} : { worktree }),
  };
}
