import { isObject, parseJson } from '../core/json.ts';
import type { ToolSchema } from '../core/model.ts';
import { matchTool } from '../core/names.ts';
import type { JsonObject } from '../core/types.ts';
import type { RawCall } from './collect.ts';
import { parameterType } from './repair.ts';
import { repairJson } from './repair-json.ts';

export type TextCalls = { readonly text: string; readonly calls: readonly RawCall[] };

type Found = { readonly start: number; readonly end: number; readonly calls: readonly RawCall[] };

/**
 * Recognises tool calls that a weaker model printed as text: <tool_call>{…}</tool_call> (Hermes, Qwen), <function=name>…</function>
 * (Llama, Qwen3-Coder), [TOOL_CALLS]… (Mistral), and a ```json fence that ends the answer. Only calls of tools that exist count;
 * undefined when there are none. `text` is what remains of the answer without them.
 */
export function findTextCalls(text: string, tools: readonly ToolSchema[]): TextCalls | undefined {
  if (tools.length === 0 || !/<tool_call|<function=|\[TOOL_CALLS\]|```/.test(text)) return undefined;
  const found = findTagged(text, tools) ?? findMistral(text, tools) ?? findFenced(text, tools);
  if (!found || found.length === 0) return undefined;
  let rest = text;
  for (const { start, end } of found.toReversed()) rest = rest.slice(0, start) + rest.slice(end);
  return { text: rest.trim(), calls: found.flatMap((part) => part.calls) };
}

const toolCallTag = /<tool_call>\s*([\s\S]*?)\s*<\/tool_call>|<function=([^>\s]+)>\s*([\s\S]*?)\s*<\/function>/g;

function findTagged(text: string, tools: readonly ToolSchema[]): Found[] | undefined {
  const found: Found[] = [];
  for (const match of text.matchAll(toolCallTag)) {
    const [whole, inner, name, body] = match;
    const call = inner !== undefined ? readTagBody(inner, tools) : readFunction(name ?? '', body ?? '', tools);
    if (call) found.push({ start: match.index, end: match.index + whole.length, calls: [call] });
  }
  return found.length > 0 ? found : undefined;
}

function readTagBody(inner: string, tools: readonly ToolSchema[]): RawCall | undefined {
  const nested = /^<function=([^>\s]+)>\s*([\s\S]*?)\s*(?:<\/function>)?$/.exec(inner);
  if (nested) return readFunction(nested[1] ?? '', nested[2] ?? '', tools);
  return readCallObject(parseLoosely(inner), tools);
}

/** The body of <function=name>: a JSON object, or <parameter=key>value</parameter> parts typed by the tool's schema. */
function readFunction(name: string, body: string, tools: readonly ToolSchema[]): RawCall | undefined {
  const tool = matchTool(name, tools);
  if (!tool) return undefined;
  if (body.startsWith('{')) return { id: '', name: tool.name, arguments: body };
  const input: JsonObject = {};
  for (const [, key = '', value = ''] of body.matchAll(/<parameter=([^>\s]+)>\n?([\s\S]*?)\n?<\/parameter>/g)) {
    const type = parameterType(tool, key);
    const parsed = type === undefined || type === 'string' ? undefined : parseJson(value.trim());
    input[key] = parsed ?? value;
  }
  return { id: '', name: tool.name, arguments: JSON.stringify(input) };
}

/** Mistral: [TOOL_CALLS][{"name", "arguments"}, …], or [TOOL_CALLS]name{…} and [TOOL_CALLS]name[ARGS]{…}. */
function findMistral(text: string, tools: readonly ToolSchema[]): Found[] | undefined {
  const start = text.indexOf('[TOOL_CALLS]');
  if (start === -1) return undefined;
  const calls: RawCall[] = [];
  for (const part of text.slice(start).split('[TOOL_CALLS]').slice(1)) {
    const named = /^\s*([\w.-]+)\s*(?:\[ARGS\])?\s*(\{[\s\S]*\})\s*$/.exec(part);
    const tool = named ? matchTool(named[1] ?? '', tools) : undefined;
    if (named && tool) calls.push({ id: '', name: tool.name, arguments: named[2] ?? '' });
    const parsed = named ? undefined : parseJson(part.trim());
    for (const item of Array.isArray(parsed) ? parsed : [parsed]) {
      const call = readCallObject(item, tools);
      if (call) calls.push(call);
    }
  }
  return calls.length > 0 ? [{ start, end: text.length, calls }] : undefined;
}

/** A fence counts only as the last thing of the answer: one in the middle is an example, not an act. */
function findFenced(text: string, tools: readonly ToolSchema[]): Found[] | undefined {
  const match = /```(?:json|tool_call|tool_code)?[ \t]*\n(\s*[{[](?:(?!```)[\s\S])*)\n?```\s*$/.exec(text);
  if (!match) return undefined;
  const parsed = parseLoosely(match[1]?.trim() ?? '');
  const calls = (Array.isArray(parsed) ? parsed : [parsed]).map((item) => readCallObject(item, tools));
  const real = calls.filter((call) => call !== undefined);
  return real.length === calls.length && real.length > 0
    ? [{ start: match.index, end: text.length, calls: real }]
    : undefined;
}

function parseLoosely(text: string): unknown {
  return parseJson(text) ?? repairJson(text, false)?.value;
}

/** {"name", "arguments"} (also "parameters" or "input", and the form with a "function" inside) of a tool that exists. */
function readCallObject(value: unknown, tools: readonly ToolSchema[]): RawCall | undefined {
  if (!isObject(value)) return undefined;
  const call = isObject(value.function) ? value.function : value;
  const input = call.arguments ?? call.parameters ?? call.input;
  if (typeof call.name !== 'string' || (!isObject(input) && typeof input !== 'string')) return undefined;
  const tool = matchTool(call.name, tools);
  return tool
    ? { id: '', name: tool.name, arguments: typeof input === 'string' ? input : JSON.stringify(input) }
    : undefined;
}
