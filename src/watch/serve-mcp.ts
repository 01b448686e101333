import type { Readable, Writable } from 'node:stream';
import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { messageOf } from '../core/errors.ts';
import { readWatchEvent } from './agents/read-event.ts';
import { createWatchSessions, type OpenSession } from './resident/open-sessions.ts';

const eventNames = [
  ...['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'PostToolUseFailure'],
  ...['PreCompact', 'Stop', 'SessionEnd'],
];

const observeTool = {
  name: 'observe',
  description:
    'For the program that runs an agent, not for its model: tells the observer of one event of the run. The answer is JSON: kind nothing, context (text: words for the next request), deny (the call must not act), ask (the user decides), go-on (the turn must not end yet) or stop; the last four have a reason.',
  inputSchema: {
    type: 'object' as const,
    properties: {
      session_id: { type: 'string' },
      cwd: { type: 'string', description: 'The absolute path of the folder that the agent works in' },
      hook_event_name: { type: 'string', enum: eventNames },
      prompt: { type: 'string', description: "UserPromptSubmit: the user's words" },
      tool_name: { type: 'string' },
      tool_input: { type: 'object' },
      tool_response: { description: 'PostToolUse: what the model reads of the call' },
      can_ask: { type: 'boolean', description: 'PreToolUse: the user can be asked before the call' },
      error: { type: 'string', description: 'PostToolUseFailure: what the model reads of the call' },
      last_assistant_message: { type: 'string', description: "Stop: the model's last words" },
      agent_id: { type: 'string', description: 'Of a subagent, together with the session_id of its agent' },
    },
    required: ['session_id', 'hook_event_name'],
  },
};

/** The observer as a server of the Model Context Protocol, with one tool. Resolves when the other side has gone. */
export async function serveMcp(
  open: OpenSession,
  version: string,
  input: Readable,
  output: Writable,
  onFault: (error: unknown) => void,
): Promise<void> {
  const sessions = createWatchSessions(open, onFault);
  const server = new Server({ name: 'wink-agent-watch', version }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [observeTool] }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    const say = (text: string, isError = false) => ({ content: [{ type: 'text' as const, text }], isError });
    if (params.name !== observeTool.name) return say(`There is no tool ${params.name}, only observe.`, true);
    const event = readWatchEvent(JSON.stringify(params.arguments ?? {}));
    if (event === undefined) return say('This is not a known event.', true);
    try {
      return say(JSON.stringify((await sessions.take('other', event)).answer));
    } catch (error) {
      return say(messageOf(error), true);
    }
  });
  const gone = new Promise<void>((resolve) => {
    server.onclose = resolve;
    input.once('end', resolve);
  });
  await server.connect(new StdioServerTransport(input, output));
  await gone;
  await sessions.close();
}
