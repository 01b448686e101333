import * as z from 'zod';
import { observerSchema } from '../observer/observer-schema.ts';
import { diagnosticsSchema } from './diagnostics-schema.ts';
import { uiSchema } from './ui-schema.ts';
import { webSchema } from './web-schema.ts';

const positive = z.number().positive();
const wholePositive = z.int().positive();

const providerSchema = z.object({
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Root of the API, e.g. http://127.0.0.1:8000/v1'),
  keyVariable: z.string().min(1).optional().describe('Environment variable that holds the key'),
  keyCommand: z.string().min(1).optional().describe('Command that prints the key, e.g. "pass show openai"'),
  api: z.enum(['chat', 'responses', 'messages']).optional(),
  headers: z.record(z.string(), z.string()).optional().describe('Headers sent with each request'),
  quirks: z
    .object({
      parallelCalls: z.boolean().exactOptional().describe('false: one tool call at a time'),
      jsonSchema: z.boolean().exactOptional().describe('false: no response_format, the schema is put in words'),
      developerRole: z.boolean().exactOptional().describe('true: the system prompt has the role developer'),
      streamUsage: z.boolean().exactOptional().describe('false: usage is not asked for in streams'),
      maxTokensField: z.enum(['max_tokens', 'max_completion_tokens']).exactOptional(),
      returnReasoning: z.enum(['reasoning_content', 'reasoning']).exactOptional(),
      promptCacheKey: z.boolean().exactOptional(),
      strictOrder: z
        .boolean()
        .exactOptional()
        .describe(
          "true: no user's message straight after a tool's result, call ids of nine letters or digits (Mistral)",
        ),
      thoughtSignatures: z
        .boolean()
        .exactOptional()
        .describe("true: another model's calls carry the words that Gemini 3 takes for a signature"),
      cacheControl: z
        .boolean()
        .exactOptional()
        .describe('true: breakpoints of the prompt cache in the messages (Claude at OpenRouter)'),
      cacheDiagnostics: z
        .boolean()
        .exactOptional()
        .describe('true: the server is asked why its prompt cache was missed (Anthropic)'),
    })
    .optional()
    .describe('What this server does differently from OpenAI'),
  observerModel: z.string().min(1).optional().describe('The cheaper model of this provider that the observer uses'),
  slots: wholePositive
    .optional()
    .describe('How many requests a local server answers at once; asked of it where not given'),
});

const mcpServerSchema = z
  .object({
    command: z.string().min(1).optional().describe('Program to start (stdio)'),
    args: z.array(z.string()).optional(),
    env: z.record(z.string(), z.string()).optional(),
    cwd: z.string().optional(),
    sandbox: z
      .boolean()
      .optional()
      .describe('Starts its program in the workspace: true in the sandbox, false (in your own configuration) outside'),
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('Address of a streamable HTTP server'),
    headers: z.record(z.string(), z.string()).optional(),
    type: z.enum(['stdio', 'http', 'streamable-http', 'sse']).optional(),
    enabled: z.boolean().optional(),
    permission: z
      .enum(['allow', 'ask', 'deny'])
      .optional()
      .describe('For all tools of this server; ask where it is not given'),
    tools: z.array(z.string()).optional().describe('Only these tools of the server are offered'),
    defer: z
      .boolean()
      .optional()
      .describe('true: descriptions of its tools stay out of requests and are found by mcp_search; false: they are in'),
    oauth: z
      .object({
        clientId: z.string().optional(),
        clientSecret: z.string().optional(),
        scope: z.string().optional(),
        callbackPort: wholePositive.optional(),
      })
      .optional()
      .describe('A client registered by hand, for an authorization server that registers none by itself'),
    startSeconds: positive.optional().describe('Time for start and first listing'),
    timeoutSeconds: positive.optional().describe('Time for one call'),
  })
  .refine((server) => (server.command === undefined) !== (server.url === undefined), {
    message: 'needs either "command" (a program) or "url" (an HTTP server)',
  });

const hookSandbox = z
  .boolean()
  .optional()
  .describe(
    'false, in your own configuration: runs with all your rights; true: always in the sandbox. Not given: out of it only what is known to start nothing',
  );
const hookSchema = z.object({
  match: z.string().optional().describe('Tools it is for, e.g. "edit|write"; all where it is not given'),
  command: z.string().min(1),
  timeoutSeconds: positive.default(30),
  sandbox: hookSandbox,
});
const hookList = z.array(hookSchema).default([]);
/** As other agents write it; keys that only they know are passed over. */
const hookGroups = z
  .array(
    z.looseObject({
      matcher: z.string().optional().describe('Tools it is for: names separated by |, or a regular expression'),
      hooks: z.array(
        z.looseObject({
          type: z.string().optional().describe('command'),
          command: z.string().optional(),
          timeout: positive.optional().describe('Seconds; 60 where it is not given'),
          async: z.boolean().optional().describe('true: nobody waits for it'),
          sandbox: hookSandbox,
        }),
      ),
    }),
  )
  .optional();

const priceSchema = z.object({
  input: z.number().nonnegative().describe('US dollars for a million input tokens'),
  cachedInput: z.number().nonnegative().exactOptional(),
  cacheWrite: z.number().nonnegative().exactOptional().describe('Of tokens that are written to the prompt cache'),
  output: z.number().nonnegative(),
});

/** Everything that can be configured, each key with its one default. `z.input` is what files hold, `z.output` what the program gets. */
export const configSchema = z.object({
  model: z.string().min(1).optional().describe('Model name, or PROVIDER/NAME such as ollama/qwen3-coder'),
  fallbackModel: z.string().min(1).optional().describe('Used when the first model can not be had'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Root of an OpenAI-compatible API'),
  api: z
    .enum(['chat', 'responses', 'messages'])
    .optional()
    .describe(
      'chat (Chat Completions), responses or messages (Anthropic); default: what the provider prefers, else chat',
    ),
  reasoningEffort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).optional(),
  contextWindow: wholePositive
    .optional()
    .describe('Tokens; asked of the endpoint or taken from a table where not given'),
  maxOutputTokens: wholePositive.optional().describe('Most tokens of one answer'),
  providers: z.record(z.string(), providerSchema).default({}),
  prices: z
    .record(z.string(), priceSchema)
    .default({})
    .describe('By model name; adds to and overrides the built-in table'),
  approval: z.enum(['plan', 'ask', 'edits', 'full']).default('ask'),
  permissions: z
    .object({
      allow: z.array(z.string()).default([]).describe('Rules such as shell(npm test:*)'),
      ask: z.array(z.string()).default([]),
      deny: z.array(z.string()).default([]),
    })
    .prefault({}),
  addDirs: z
    .array(z.string())
    .default([])
    .describe('Further folders that tools may touch, in addition to the working folder'),
  sandbox: z
    .object({
      mode: z.enum(['auto', 'on', 'off']).default('auto').describe('auto: used where the system has one'),
      network: z.boolean().default(true).describe('Whether sandboxed commands reach the network'),
      sockets: z
        .array(z.string())
        .default([])
        .describe('Sockets that allowed commands may reach, as "/run/docker.sock" or "$SSH_AUTH_SOCK"'),
    })
    .prefault({}),
  checkpoints: z
    .object({
      enabled: z.boolean().default(true),
      maxFileMegabytes: positive.default(10).describe('Bigger untracked files are left out of snapshots'),
    })
    .prefault({}),
  retention: z
    .object({
      days: wholePositive.default(30).describe('Sessions, kept outputs and checkpoints older than this are pruned'),
      megabytes: positive.default(1000),
    })
    .prefault({}),
  maxTurns: wholePositive.optional(),
  maxCostUsd: positive.optional(),
  maxTokens: wholePositive.optional(),
  timeoutSeconds: positive.optional(),
  retry: z
    .object({
      maxRetries: z.int().nonnegative().default(8).describe('How often one answer is asked again'),
      giveUpAfterSeconds: positive.default(300).describe('What one answer may lose to waits and silence'),
      outageSeconds: z.number().nonnegative().default(900).describe('Wait for a server that is down or busy'),
      idleTimeoutSeconds: positive.default(120).describe('Silence in the middle of an answer'),
      firstByteTimeoutSeconds: positive.default(290).describe('Wait for the first byte of an answer'),
    })
    .prefault({}),
  compaction: z
    .object({
      atFraction: z
        .number()
        .min(0.3)
        .max(0.95)
        .default(0.8)
        .describe('Share of the window at which old context is compacted'),
      keepSteps: wholePositive.default(6).describe('Last steps that are kept whole'),
    })
    .prefault({}),
  experiment: z
    .object({
      name: z.string().min(1).optional(),
      arms: z.record(z.enum(['on', 'shadow', 'off']), z.number().nonnegative().optional()).optional(),
      unit: z.enum(['session', 'repository']).default('session'),
      holdback: z
        .number()
        .min(0)
        .max(1)
        .default(0)
        .describe('Share of reminders (never of guards) that are withheld at random, so that `report` can compare'),
    })
    .refine(({ name, arms }) => (name === undefined) === (arms === undefined), {
      message: 'needs "name" and "arms" together, or neither of them with "holdback"',
    })
    .optional(),
  mcpServers: z.record(z.string(), mcpServerSchema).default({}),
  mcpToolShare: z
    .number()
    .min(0)
    .max(1)
    .default(0.1)
    .describe(
      'Share of the window that descriptions of MCP tools may take; above it the model finds them by mcp_search',
    ),
  hooks: z
    .object({
      sessionStart: hookList,
      beforeTool: hookList,
      afterTool: hookList,
      sessionEnd: hookList,
      PreToolUse: hookGroups,
      PostToolUse: hookGroups,
      UserPromptSubmit: hookGroups,
      Stop: hookGroups,
      SubagentStop: hookGroups,
      PreCompact: hookGroups,
      SessionStart: hookGroups,
      SessionEnd: hookGroups,
      Notification: hookGroups,
    })
    .prefault({}),
  subagents: z
    .object({
      enabled: z.boolean().default(true).describe('false: the model has no tool to give tasks away'),
      maxRunning: wholePositive.default(4).describe('At the same time; more wait'),
      maxTotal: wholePositive.default(40).describe('In a session'),
      maxDepth: wholePositive.default(1).describe('1: subagents give no tasks on'),
      maxTurns: wholePositive.default(80).describe('Steps of one'),
      maxCostUsd: positive.optional().describe('US dollars of one; the limits of the session hold for all together'),
      maxTokens: wholePositive.optional().describe('Tokens of one, in and out'),
      models: z
        .record(z.string(), z.string())
        .default({})
        .describe('Models for the names in agent files, e.g. { "haiku": "openai/gpt-6-mini" }'),
    })
    .prefault({}),
  web: webSchema,
  diagnostics: diagnosticsSchema,
  hookFiles: z
    .array(z.string())
    .default([])
    .describe('Further files with hooks as Claude Code and Codex write them, e.g. ~/.claude/settings.json'),
  observer: observerSchema,
  telemetry: z
    .object({
      contents: z
        .boolean()
        .default(false)
        .describe(
          'Whether words, arguments and outputs are sent to the collector that OTEL_* names; facts alone otherwise',
        ),
    })
    .prefault({}),
  ui: uiSchema,
});

export type Config = z.output<typeof configSchema>;
export type ProviderConfig = z.output<typeof providerSchema>;
export type McpServerConfig = z.output<typeof mcpServerSchema>;
