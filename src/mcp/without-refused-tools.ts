import { ModelError } from '../core/errors.ts';
import type { Model, ModelRequest, ToolSchema } from '../core/model.ts';

export type RefusedTools = {
  /** The same model, asked again without a tool of an MCP server that its endpoint refuses. */
  readonly guard: (model: Model) => Model;
};

/**
 * One tool that an endpoint refuses would end every request of the session. The tool that the refusal names is left out from then on,
 * and `onDrop` gets a sentence; where it names none, all tools of MCP servers are.
 */
export function createRefusedTools(onDrop: (sentence: string) => void): RefusedTools {
  const dropped = new Set<string>();
  const without = (request: ModelRequest): ModelRequest =>
    dropped.size === 0 ? request : { ...request, tools: request.tools.filter(({ name }) => !dropped.has(name)) };
  const guard = (model: Model): Model => ({
    ...model,
    get name() {
      return model.name;
    },
    get endpoint() {
      return model.endpoint;
    },
    reply: async (request, listener, signal) => {
      for (;;) {
        const asked = without(request);
        try {
          return await model.reply(asked, listener, signal);
        } catch (error) {
          const names = error instanceof ModelError ? refusedIn(error, asked.tools) : [];
          if (names.length === 0 || signal.aborted) throw error;
          for (const name of names) dropped.add(name);
          onDrop(describe(names, error instanceof ModelError ? error.message : ''));
        }
      }
    },
  });
  return { guard };
}

function describe(names: readonly string[], reason: string): string {
  const what = names.length === 1 ? `the tool ${names[0]}` : `the ${names.length} tools of MCP servers`;
  return `The model's endpoint refuses ${what}, which the model now reaches by mcp_search and mcp_call only: ${reason}`;
}

/** The tools of MCP servers that a refusal is about; none when it is about something else. */
function refusedIn({ kind, message }: ModelError, tools: readonly ToolSchema[]): string[] {
  if (kind !== 'bad-request') return [];
  const ours = tools.filter(({ name }) => name.startsWith('mcp__')).map(({ name }) => name);
  const named = ours.filter((name) => new RegExp(`(^|[^\\w-])${name}($|[^\\w-])`).test(message));
  if (named.length > 0) return named;
  const place = /(?:function_?declarations|tools?)[[.](\d+)\]?(?!.*(?:function_?declarations|tools?)[[.]\d)/i.exec(
    message,
  );
  const tool = place === null ? undefined : tools[Number(place[1])]?.name;
  if (tool !== undefined && ours.includes(tool)) return [tool];
  const isAboutTools = /\btools?\b|function(?!ality)|schema/i.test(message);
  return isAboutTools && tool === undefined ? ours : [];
}
