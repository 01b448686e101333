import * as z from 'zod';
import { messageOf, UserError } from '../core/errors.ts';
import { makeTool, type Tool } from '../core/tool.ts';
import type { JsonObject, ToolClass } from '../core/types.ts';
import { checkOptions, givenFunction } from './check-options.ts';

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

const optionsSchema = z.strictObject({
  name: z.string().refine((name) => /^[\w-]{1,64}$/.test(name), 'must be of letters, digits, _ and -'),
  description: z.string(),
  input: z.custom(
    (value) => typeof value === 'object' && value !== null && '_zod' in value,
    'must be a schema of zod, version 4',
  ),
  kind: z.enum(['read', 'search', 'edit', 'write', 'shell', 'plan', 'other']).optional(),
  run: givenFunction,
} satisfies Record<keyof OwnToolOptions<unknown>, z.ZodType>);

/** Makes a tool from its description, a zod schema and a function. Throws UserError where one of them is wrong. */
export function createTool<Input>(options: OwnToolOptions<Input>): OwnTool {
  checkOptions('createTool', optionsSchema, options);
  const { name, description, input, kind = 'other', run } = options;
  const parameters = describeInput(input);
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

/** Whether `createTool` made it, of this or another copy of the package. */
export function isOwnTool(value: unknown): value is OwnTool {
  if (typeof value !== 'object' || value === null || !('tool' in value)) return false;
  const { tool } = value;
  return typeof tool === 'object' && tool !== null && 'schema' in tool && 'prepare' in tool;
}

/** The JSON schema that the model gets. */
function describeInput(input: z.ZodType): JsonObject {
  const { $schema: _, ...parameters } = toJsonSchema(input);
  if (parameters.type === 'object') return parameters;
  throw new UserError('createTool: `input` must be the schema of an object, such as z.object({ city: z.string() }).');
}

function toJsonSchema(input: z.ZodType): JsonObject {
  try {
    return z.toJSONSchema(input, { io: 'input' });
  } catch (error) {
    throw new UserError(`createTool: \`input\` can't be described to the model (${messageOf(error)}).`, {
      cause: error,
    });
  }
}
