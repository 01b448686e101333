import type { Question, ToolSchema } from '../../core/model.ts';
import { loadPrompt } from '../../core/prompt.ts';
import type { JsonObject } from '../../core/types.ts';
import type { ModelSettings } from '../model-settings.ts';
import { breakpoint } from '../request/breakpoints.ts';
import { toJson } from '../request/request-json.ts';
import type { Form } from '../request/step-messages.ts';
import { imagesOf, type RequestBody, type RequestWriter } from '../request/write-request.ts';
import { thinkingFields } from './claude-model.ts';
import { createConversationWriter } from './write-conversation.ts';

/** Output tokens of one answer, thoughts included, unless configured; every model since Claude 4 gives as many. */
const defaultOutputTokens = 32_000;

/** Writes requests of the Messages API: tools, system prompt and conversation each end with a breakpoint of the prompt cache. */
export function createMessagesWriter(settings: ModelSettings, form: Form): RequestWriter {
  const write = createConversationWriter(form);
  const writtenTools = new WeakMap<readonly ToolSchema[], string>();
  const toolsJson = (tools: readonly ToolSchema[]) => {
    const json = writtenTools.get(tools) ?? toJson(tools.map(projectTool));
    writtenTools.set(tools, json);
    return json;
  };
  const path = messagesPath(settings.baseUrl);
  let compactions = 0;
  return {
    forTrajectory: (request, dropped) => {
      const { trajectory, notes, tools } = request;
      const isSingle = tools.length > 0 && settings.quirks?.parallelCalls === false;
      const fields = {
        ...commonFields(settings, form, settings.maxOutputTokens ?? defaultOutputTokens, settings.reasoningEffort),
        ...(isSingle ? { tool_choice: { type: 'auto', disable_parallel_tool_use: true } } : {}),
        ...diagnosticsField(settings, form, trajectory.compactions.length !== compactions),
      };
      compactions = trajectory.compactions.length;
      const parts = [
        ...(tools.length > 0 ? [`"tools":${toolsJson(tools)}`] : []),
        ...systemPart(trajectory.system),
        `"messages":[${write(trajectory, notes)}]`,
      ];
      return {
        ...finish(path, settings, fields, parts, dropped, imagesOf(request, form)),
        steps: trajectory.steps.length,
      };
    },
    forQuestion: (question, dropped) => {
      const isInWords =
        question.schema !== undefined && (settings.quirks?.jsonSchema === false || dropped.has('output_config'));
      const system = isInWords
        ? `${question.system}\n\n${loadPrompt('model/json-answer', { schema: JSON.stringify(question.schema?.schema) })}`
        : question.system;
      const { thinking: _, ...fields } = commonFields(settings, form, roomFor(question), undefined);
      const format =
        question.schema && !isInWords
          ? { output_config: { format: { type: 'json_schema', schema: question.schema.schema } } }
          : {};
      const parts = [...systemPart(system), `"messages":${toJson([{ role: 'user', content: question.user }])}`];
      return finish(path, settings, { ...fields, ...format }, parts, dropped, []);
    },
  };
}

/** Asks the server why its cache was missed, unless a compaction has just changed the conversation. */
function diagnosticsField({ quirks }: ModelSettings, { habits }: Form, isCompacted: boolean): JsonObject {
  const id = habits?.lastMessage;
  return quirks?.cacheDiagnostics && id && !isCompacted ? { diagnostics: { previous_message_id: id } } : {};
}

/** Models that always think take their thoughts out of the same limit. */
function roomFor({ maxOutputTokens }: Question): number {
  return maxOutputTokens + 8_000;
}

function commonFields(settings: ModelSettings, form: Form, maxTokens: number, effort: string | undefined): JsonObject {
  const most = Math.min(maxTokens, form.habits?.maxOutputTokens ?? Number.POSITIVE_INFINITY);
  const { thinking, effort: wanted } = thinkingFields(settings.name, effort, most);
  return {
    max_tokens: most,
    ...(thinking ? { thinking } : {}),
    ...(wanted ? { output_config: { effort: wanted } } : {}),
  };
}

function projectTool(
  { name, description, parameters }: ToolSchema,
  index: number,
  all: readonly ToolSchema[],
): JsonObject {
  const tool = { name, description, input_schema: parameters };
  return index === all.length - 1 ? { ...tool, cache_control: breakpoint } : tool;
}

function systemPart(text: string): string[] {
  return text.trim() === '' ? [] : [`"system":${toJson([{ type: 'text', text, cache_control: breakpoint }])}`];
}

/** The conversation is the last field, so that a paused answer can be appended to it. */
function finish(
  path: string,
  settings: ModelSettings,
  fields: JsonObject,
  parts: readonly string[],
  dropped: ReadonlySet<string>,
  images: readonly string[],
): RequestBody {
  const kept = Object.entries(fields).filter(([name]) => !dropped.has(name));
  const head = JSON.stringify({ model: settings.name, stream: true, ...Object.fromEntries(kept) });
  return {
    path,
    json: `${head.slice(0, -1)},${parts.join(',')}}`,
    optional: kept.map(([name]) => name).filter((name) => name !== 'max_tokens'),
    images,
  };
}

/** The answer so far as the last message of the same request: the API goes on from there. */
export function continueBody(body: RequestBody, blocks: readonly JsonObject[]): RequestBody {
  return { ...body, json: `${body.json.slice(0, -2)},${toJson({ role: 'assistant', content: blocks })}]}` };
}

/** Base URLs are given with and without the version at their end. */
export function messagesPath(baseUrl: string): string {
  return /\/v\d+\/*$/.test(baseUrl) ? '/messages' : '/v1/messages';
}
