import * as z from 'zod';
import { makeTool, type Tool } from '../core/tool.ts';
import type { ToolClass } from '../core/types.ts';

/** A tool of the caller's; what is inside is the agent's own matter. */
export type OwnTool = { readonly tool: Tool };

export type OwnToolOptions<Input> = {
  /** Letters, digits, `_` and `-`. */
  readonly name: string;
  /** What it does and when to use it, for the model. */
  readonly description: string;
  /** Of an object; the model gets it as a JSON schema, and `run` what it parsed. */
  readonly input: z.ZodType<Input>;
  /** What it does to the world (default `other`): what only reads may run at the same time as other reads. */
  readonly kind?: ToolClass;
  /** Gives what the model reads. What it throws the model reads as an error, and the task goes on. */
  readonly run: (input: Input, context: { readonly signal: AbortSignal }) => Promise<string> | string;
};

/** Makes a tool from its description, a zod schema and a function. */
export function createTool<Input>(options: OwnToolOptions<Input>): OwnTool {
  const { name, description, input, kind = 'other', run } = options;
  if (!/^[\w-]{1,64}$/.test(name))
    throw new TypeError(`A tool's name is of letters, digits, _ and -, and not ${JSON.stringify(name)}.`);
  const { $schema: _, ...parameters } = z.toJSONSchema(input, { io: 'input' });
  const tool = makeTool({
    name,
    act: kind,
    aliases: [],
    schema: { name, description, parameters },
    input,
    title: (given) => JSON.stringify(given).slice(0, 100),
    targets: () => [],
    run: async (given, { signal }) => ({ output: await run(given, { signal }) }),
  });
  return { tool };
}
