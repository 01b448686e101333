import type { ModelRequest, Question, ToolSchema } from '../../core/model.ts';
import { loadPrompt } from '../../core/prompt.ts';
import type { JsonObject } from '../../core/types.ts';
import { type Api, isOpenAi, type ModelSettings } from '../model-settings.ts';
import { toJson } from './request-json.ts';
import { createSerializer } from './serialize.ts';
import { type Form, sendableImages, systemRole } from './step-messages.ts';
import { bridgeRoles } from './strict-order.ts';

/** A serialised request. */
export type RequestBody = {
  readonly path: string;
  readonly json: string;
  /** Fields that a server may refuse without harm. */
  readonly optional: readonly string[];
  /** The data URLs of its images. */
  readonly images: readonly string[];
  /** How many steps its conversation has. */
  readonly steps?: number;
};

export type RequestWriter = {
  readonly forTrajectory: (request: ModelRequest, dropped: ReadonlySet<string>) => RequestBody;
  readonly forQuestion: (question: Question, dropped: ReadonlySet<string>) => RequestBody;
};

/** Writes request bodies for one model; the parts that do not change come first, so that prompt caches hold. */
export function createRequestWriter(settings: ModelSettings, form: Form): RequestWriter {
  const serialize = createSerializer(form);
  const serializedTools = new WeakMap<readonly ToolSchema[], string>();
  const toolsJson = (tools: readonly ToolSchema[]) => {
    const json = serializedTools.get(tools) ?? toJson(tools.map((tool) => projectTool(tool, settings.api)));
    serializedTools.set(tools, json);
    return json;
  };
  return {
    forTrajectory: ({ trajectory, notes, tools }, dropped) => {
      const fields = commonFields(settings, settings.maxOutputTokens);
      if (tools.length > 0 && settings.quirks?.parallelCalls === false) fields.parallel_tool_calls = false;
      if (settings.quirks?.promptCacheKey ?? isOpenAi(settings)) fields.prompt_cache_key = trajectory.session;
      const parts = tools.length > 0 ? [`"tools":${toolsJson(tools)}`] : [];
      if (settings.api === 'responses') parts.push(`"instructions":${toJson(trajectory.system)}`);
      parts.push(`"${settings.api === 'chat' ? 'messages' : 'input'}":[${serialize(trajectory, notes)}]`);
      return finishBody(settings, fields, parts, dropped, imagesOf({ trajectory, notes, tools }, form));
    },
    forQuestion: (question, dropped) => {
      const fields = commonFields(settings, question.maxOutputTokens);
      const isInWords =
        question.schema !== undefined &&
        (settings.quirks?.jsonSchema === false || dropped.has('response_format') || dropped.has('text'));
      if (question.schema && !isInWords) Object.assign(fields, schemaField(question.schema, settings.api));
      const system = isInWords
        ? `${question.system}\n\n${loadPrompt('model/json-answer', { schema: JSON.stringify(question.schema?.schema) })}`
        : question.system;
      const user = { role: 'user', content: question.user };
      const role = systemRole(form);
      const parts =
        settings.api === 'chat'
          ? [
              `"messages":${toJson(form.habits?.wantsTurns ? bridgeRoles('', [{ role, content: system }, user]) : [{ role, content: system }, user])}`,
            ]
          : [`"instructions":${toJson(system)}`, `"input":${toJson([user])}`];
      return finishBody(settings, fields, parts, dropped);
    },
  };
}

function commonFields(settings: ModelSettings, maxOutputTokens: number | undefined): JsonObject {
  const { api, quirks, reasoningEffort } = settings;
  if (api === 'responses') {
    return {
      store: false,
      include: ['reasoning.encrypted_content'],
      ...(reasoningEffort ? { reasoning: { effort: reasoningEffort, summary: 'auto' } } : {}),
      ...(maxOutputTokens ? { max_output_tokens: maxOutputTokens } : {}),
    };
  }
  const limitField = quirks?.maxTokensField ?? (isOpenAi(settings) ? 'max_completion_tokens' : 'max_tokens');
  return {
    ...(quirks?.streamUsage === false ? {} : { stream_options: { include_usage: true } }),
    ...(reasoningEffort ? { reasoning_effort: reasoningEffort } : {}),
    ...(maxOutputTokens ? { [limitField]: maxOutputTokens } : {}),
  };
}

function finishBody(
  settings: ModelSettings,
  fields: JsonObject,
  parts: readonly string[],
  dropped: ReadonlySet<string>,
  images: readonly string[] = [],
): RequestBody {
  const kept = Object.entries(fields).filter(([name]) => !dropped.has(name));
  const head = JSON.stringify({ model: settings.name, stream: true, ...Object.fromEntries(kept) });
  return {
    path: settings.api === 'chat' ? '/chat/completions' : '/responses',
    json: `${head.slice(0, -1)},${parts.join(',')}}`,
    optional: kept.map(([name]) => name).filter((name) => name !== 'store'),
    images,
  };
}

/** The data URLs of all images that a request holds. */
export function imagesOf({ trajectory, notes }: ModelRequest, { habits }: Form): string[] {
  const all = [...trajectory.steps.flatMap((step) => [...step.notes, ...step.results]), ...notes];
  return all.flatMap((each) => (each.images ? sendableImages(each, habits).images : []));
}

function projectTool(tool: ToolSchema, api: Api): JsonObject {
  const { name, description, parameters } = tool;
  if (api === 'chat') return { type: 'function', function: { name, description, parameters } };
  return { type: 'function', name, description, parameters, strict: false };
}

function schemaField(wanted: NonNullable<Question['schema']>, api: Api): JsonObject {
  const schema = { name: wanted.name, schema: wanted.schema, strict: isStrict(wanted.schema) };
  if (api === 'chat') return { response_format: { type: 'json_schema', json_schema: schema } };
  return { text: { format: { type: 'json_schema', ...schema } } };
}

/** OpenAI's strict mode wants every object closed and every property required; other schemas are sent as loose ones. */
function isStrict(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.every(isStrict);
  if (typeof schema !== 'object' || schema === null) return true;
  if ('properties' in schema && typeof schema.properties === 'object' && schema.properties !== null) {
    const required: unknown = 'required' in schema ? schema.required : [];
    const isClosed = 'additionalProperties' in schema && schema.additionalProperties === false;
    if (
      !isClosed ||
      !Array.isArray(required) ||
      Object.keys(schema.properties).some((name) => !required.includes(name))
    )
      return false;
  }
  return Object.values(schema).every(isStrict);
}
