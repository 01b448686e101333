import * as z from 'zod';
import { parseJson } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';

/** The agents that can be watched. */
export const watchedAgents = ['claude', 'codex', 'gemini', 'opencode', 'pi'] as const;
export type WatchedAgent = (typeof watchedAgents)[number];

/** Something that another agent reported of its run, whatever it calls it. */
export type WatchEvent = {
  /** The agent's own id of the session; a subagent's is its own. */
  readonly session: string;
  /** The session of which this one is a subagent's. */
  readonly parent?: string;
  readonly cwd: string;
  /** What tells it from every other event of the session, where the agent gives something of the kind: hooks that are installed twice tell of it twice. */
  readonly mark?: string;
  /** The file in which the agent's program writes the session down, for the words that its events leave out. */
  readonly transcript?: string;
} & (
  | { readonly kind: 'start'; readonly isAfterCompaction: boolean }
  | { readonly kind: 'prompt'; readonly text: string }
  | {
      readonly kind: 'before-call';
      readonly callId?: string;
      readonly name: string;
      readonly input: JsonObject;
      /** The agent can put a question to its user before the call, and none is left waiting for an answer when nobody is there. */
      readonly canAsk: boolean;
    }
  | {
      readonly kind: 'after-call';
      readonly callId?: string;
      /** What the model said before its calls, where the agent's events tell. */
      readonly words?: string;
      readonly name: string;
      readonly input: JsonObject;
      readonly output: string;
      readonly isError: boolean;
    }
  /** `isAgain`: it goes on because a hook did not let it stop; it is not to be kept from stopping once more. */
  | { readonly kind: 'stop'; readonly text: string; readonly isAgain: boolean }
  | { readonly kind: 'compaction' }
  | { readonly kind: 'end' }
);

const payload = z.looseObject({
  session_id: z.string().min(1),
  agent_id: z.string().optional(),
  cwd: z.string().default(''),
  permission_mode: z.string().optional(),
  can_ask: z.boolean().optional(),
  transcript_path: z.string().nullish(),
  agent_transcript_path: z.string().nullish(),
  tool_use_id: z.string().nullish(),
  timestamp: z.union([z.string(), z.number()]).nullish(),
  /** Of our own plugins, which know it. */
  assistant_text: z.string().optional(),
  hook_event_name: z.string(),
  source: z.string().optional(),
  prompt: z.string().optional(),
  tool_name: z.string().optional(),
  tool_input: z.looseObject({}).catch({}).optional(),
  tool_response: z.unknown().optional(),
  error: z.unknown().optional(),
  last_assistant_message: z.string().nullish(),
  prompt_response: z.string().nullish(),
  stop_hook_active: z.boolean().optional(),
});
type Payload = z.output<typeof payload>;

/** What each agent calls its events. */
const kinds: Readonly<Record<string, WatchEvent['kind']>> = {
  SessionStart: 'start',
  UserPromptSubmit: 'prompt',
  BeforeAgent: 'prompt',
  PreToolUse: 'before-call',
  BeforeTool: 'before-call',
  PostToolUse: 'after-call',
  PostToolUseFailure: 'after-call',
  AfterTool: 'after-call',
  Stop: 'stop',
  SubagentStart: 'start',
  SubagentStop: 'stop',
  AfterAgent: 'stop',
  PreCompact: 'compaction',
  SessionEnd: 'end',
};

/** Reads what a hook of `agent` was given on its stdin; undefined for what is not an event of interest, or is not understood. */
export function readWatchEvent(text: string, agent: WatchedAgent | 'other' = 'other'): WatchEvent | undefined {
  const parsed = payload.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const given = parsed.data;
  const base = baseOf(given);
  switch (kinds[given.hook_event_name]) {
    case 'start':
      return { ...base, kind: 'start', isAfterCompaction: given.source === 'compact' };
    case 'prompt':
      return { ...base, kind: 'prompt', text: given.prompt ?? '' };
    case 'before-call':
      return { ...base, kind: 'before-call', ...nameOf(given), canAsk: canAsk(given, agent) };
    case 'after-call':
      return { ...base, kind: 'after-call', ...callOf(given) };
    case 'stop':
      return {
        ...base,
        kind: 'stop',
        text: given.last_assistant_message ?? given.prompt_response ?? '',
        isAgain: given.stop_hook_active ?? false,
      };
    case 'compaction':
      return { ...base, kind: 'compaction' };
    case 'end':
      return { ...base, kind: 'end' };
    default:
      return undefined;
  }
}

/** Claude Code's modes in which its user is asked; without a screen a question there is a refusal with the same words. */
const askingModes: readonly string[] = ['default', 'acceptEdits', 'plan', 'auto'];

/** Codex refuses the question, opencode has none, and Gemini CLI waits for its answer for ever when it runs without a screen (0.61). */
function canAsk({ permission_mode, can_ask }: Payload, agent: WatchedAgent | 'other'): boolean {
  if (agent === 'claude') return askingModes.includes(permission_mode ?? '');
  return (agent === 'pi' || agent === 'other') && can_ask === true;
}

/** A subagent's transcript is its own; the session's is not read for it. */
function baseOf(given: Payload) {
  const { session_id, agent_id, cwd, transcript_path, agent_transcript_path } = given;
  const path = agent_id === undefined ? transcript_path : agent_transcript_path;
  return {
    session: agent_id === undefined ? session_id : `${session_id}-${agent_id}`,
    ...(agent_id === undefined ? {} : { parent: session_id }),
    cwd,
    ...markOf(given),
    ...(path ? { transcript: path } : {}),
  };
}

function markOf({ hook_event_name, tool_use_id, timestamp, tool_name, tool_input }: Payload): { mark?: string } {
  if (tool_use_id) return { mark: `${hook_event_name} ${tool_use_id}` };
  if (timestamp === undefined || timestamp === null) return {};
  return { mark: `${hook_event_name} ${timestamp} ${tool_name ?? ''} ${JSON.stringify(tool_input ?? '')}` };
}

function nameOf({ tool_use_id, tool_name, tool_input }: Payload) {
  return { ...(tool_use_id ? { callId: tool_use_id } : {}), name: tool_name ?? '', input: tool_input ?? {} };
}

function callOf(given: Payload) {
  const { hook_event_name, tool_response, error, assistant_text } = given;
  const answer = outputOf(error ?? tool_response);
  const isError = hook_event_name === 'PostToolUseFailure' || (error !== undefined && error !== null) || answer.isError;
  return {
    ...nameOf(given),
    ...(assistant_text ? { words: assistant_text } : {}),
    output: answer.output,
    isError,
  };
}

const response = z.looseObject({
  stdout: z.string().optional(),
  stderr: z.string().optional(),
  output: z.string().optional(),
  llmContent: z.unknown().optional(),
  content: z.unknown().optional(),
  error: z.unknown().optional(),
  is_error: z.boolean().optional(),
  isError: z.boolean().optional(),
  exit_code: z.number().nullish(),
});

/** What the model read of a call: agents give a text, blocks, or a command's streams and exit code. */
function outputOf(value: unknown): { output: string; isError: boolean } {
  if (value === undefined || value === null) return { output: '', isError: false };
  if (typeof value === 'string') return { output: value, isError: hasFailed(value) };
  if (Array.isArray(value)) return { output: value.map((block) => outputOf(block).output).join('\n'), isError: false };
  const parsed = response.safeParse(value);
  if (!parsed.success) return { output: JSON.stringify(value), isError: false };
  const { stdout, stderr, output, llmContent, content, error, is_error, isError, exit_code, text } = parsed.data;
  const parts = [stdout, stderr, output, typeof text === 'string' ? text : undefined].filter(
    (part): part is string => typeof part === 'string' && part !== '',
  );
  const inner = llmContent ?? content;
  const body =
    parts.length > 0 ? parts.join('\n') : inner === undefined ? JSON.stringify(value) : outputOf(inner).output;
  const failed = is_error ?? isError ?? ((exit_code ?? 0) !== 0 || (error !== undefined && error !== null));
  return { output: body, isError: failed || hasFailed(body) };
}

/** Where an agent says the exit code in words at the head or the foot of its output. */
function hasFailed(text: string): boolean {
  const code = /^(?:Process exited with code|Exit code:?|Exit Code:) (\d+)/m.exec(
    `${text.slice(0, 400)}\n${text.slice(-200)}`,
  );
  return code !== null && code[1] !== '0';
}
