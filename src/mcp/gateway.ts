import * as z from 'zod';
import { loadPrompt } from '../core/prompt.ts';
import type { PreparedCall, Tool } from '../core/tool.ts';
import type { JsonObject } from '../core/types.ts';

const input = z.object({
  server: z.string(),
  tool: z.string(),
  arguments: z.record(z.string(), z.unknown()).default({}),
});

export const gatewayName = 'mcp_call';

/**
 * The one tool through which tools are called that came after the session's tool list was sent: the list never changes, so the
 * provider's cache holds. `find` gives the call, judged as the tool that it is for; a string says what is wrong.
 */
export function makeGateway(find: (server: string, tool: string, input: JsonObject) => PreparedCall | string): Tool {
  const { $schema: _, ...parameters } = z.toJSONSchema(input, { io: 'input' });
  return {
    name: gatewayName,
    act: 'other',
    aliases: [],
    schema: { name: gatewayName, description: loadPrompt('mcp/gateway', {}), parameters },
    prepare: (raw) => {
      const parsed = input.safeParse(raw);
      if (!parsed.success) return 'it needs "server", "tool" and an object "arguments"';
      return find(parsed.data.server, parsed.data.tool, parsed.data.arguments);
    },
  };
}
