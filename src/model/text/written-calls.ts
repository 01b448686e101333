import type { ToolSchema } from '../../core/model.ts';
import { isObject, parseJson } from '../../core/text/json.ts';
import { matchTool } from '../../core/text/names.ts';
import type { JsonObject } from '../../core/types.ts';
import type { RawCall } from '../answer/collector.ts';
import { parameterType } from '../answer/repair-calls.ts';
import { repairJson } from '../answer/repair-json.ts';
import { createQuotation } from './quotation.ts';

/** `text` is what comes before the calls. */
export type PrintedCalls = { readonly text: string; readonly calls: readonly RawCall[] };

type Read = { readonly calls: readonly RawCall[]; readonly length: number };

/** How a printed call begins, in any of the forms below. */
const opener = /<tool_call>|<function=|\[TOOL_CALLS\]|<(?:\w+:)?(?:function_calls|tool_call|invoke)\b/g;

/**
 * Recognises tool calls that a model printed as text: <tool_call>{…}</tool_call> (Hermes, Qwen), <function=name>…</function> (Llama,
 * Qwen3-Coder), <tool_call>name<arg_key>… (GLM), <invoke name="…"> (Claude, MiniMax) and [TOOL_CALLS]… (Mistral). Only calls with which
 * the text ends, outside any quotation, can be meant; others are shown. undefined when there are none, or none of a tool that exists.
 */
export function findPrintedCalls(text: string, tools: readonly ToolSchema[]): PrintedCalls | undefined {
  if (tools.length === 0) return undefined;
  const quotation = createQuotation();
  let read = 0;
  for (const { index } of text.matchAll(opener)) {
    quotation.take(text.slice(read, index));
    read = index;
    if (quotation.isQuoted()) continue;
    const calls = readAll(text.slice(index), tools);
    if (calls?.some(({ name }) => matchTool(name, tools))) return { text: text.slice(0, index).trim(), calls };
  }
  return undefined;
}

/** True for an answer that is nothing but a fence with one call of a tool that exists: an example, or a model that can't do better. */
export function isFencedCall(text: string, tools: readonly ToolSchema[]): boolean {
  const match = /^\s*```\w*[ \t]*\n([\s\S]*?)\n?```\s*$/.exec(text);
  const inner = match?.[1]?.trim() ?? '';
  if (inner === '') return false;
  const call = readCallObject(parseLoosely(inner)) ?? readAll(inner, tools)?.[0];
  return call !== undefined && matchTool(call.name, tools) !== undefined;
}

/** The calls of which a text consists to its end; undefined when anything else is there. */
function readAll(text: string, tools: readonly ToolSchema[]): readonly RawCall[] | undefined {
  const calls: RawCall[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const read = readTagged(rest, tools) ?? readFunction(rest, tools) ?? readInvokes(rest, tools) ?? readMistral(rest);
    if (read === undefined) return undefined;
    calls.push(...read.calls);
    rest = rest.slice(read.length).trim();
  }
  return calls;
}

/** A value may itself hold the closing tag, so the first one after which the call can be read ends it. A last one may lack it. */
function readTagged(text: string, tools: readonly ToolSchema[]): Read | undefined {
  const start = '<tool_call>';
  const end = '</tool_call>';
  if (!text.startsWith(start)) return undefined;
  for (let at = text.indexOf(end); at !== -1; at = text.indexOf(end, at + 1)) {
    const call = readTagBody(text.slice(start.length, at).trim(), tools);
    if (call) return { calls: [call], length: at + end.length };
  }
  const call = text.includes(end) ? undefined : readTagBody(text.slice(start.length).trim(), tools);
  return call && { calls: [call], length: text.length };
}

function readTagBody(inner: string, tools: readonly ToolSchema[]): RawCall | undefined {
  if (inner.startsWith('<function=')) {
    const read = readFunction(inner.endsWith('</function>') ? inner : `${inner}</function>`, tools);
    return read?.calls[0];
  }
  return readCallObject(parseLoosely(inner)) ?? readGlm(inner, tools);
}

/** GLM: the name, then <arg_key>key</arg_key><arg_value>value</arg_value> for each argument. */
function readGlm(inner: string, tools: readonly ToolSchema[]): RawCall | undefined {
  const match = /^([\w.-]+)\s*((?:<arg_key>[\s\S]*<\/arg_value>)?)$/.exec(inner);
  if (!match) return undefined;
  const pairs = [...(match[2] ?? '').matchAll(/<arg_key>([\s\S]*?)<\/arg_key>\s*<arg_value>([\s\S]*?)<\/arg_value>/g)];
  return callOf(match[1] ?? '', pairs, tools);
}

/** <function=name> with a JSON object, or with <parameter=key>value</parameter> parts. */
function readFunction(text: string, tools: readonly ToolSchema[]): Read | undefined {
  const match = /^<function=([^>\s]+)>\s*([\s\S]*?)\s*<\/function>/.exec(text);
  if (!match) return undefined;
  const [whole, name = '', body = ''] = match;
  if (body.startsWith('{')) return { calls: [{ id: '', name, arguments: body }], length: whole.length };
  const pairs = [...body.matchAll(/<parameter=([^>\s]+)>\n?([\s\S]*?)\n?<\/parameter>/g)];
  return { calls: [callOf(name, pairs, tools)], length: whole.length };
}

/** <invoke name="…"><parameter name="…">value</parameter></invoke>, alone or in <function_calls> or <minimax:tool_call>. */
function readInvokes(text: string, tools: readonly ToolSchema[]): Read | undefined {
  const wrapped = /^<((?:\w+:)?(?:function_calls|tool_call))>([\s\S]*?)<\/\1>/.exec(text);
  const single = wrapped ? undefined : /^<((?:\w+:)?)invoke name="[^"]+">[\s\S]*?<\/\1invoke>/.exec(text);
  const whole = wrapped?.[0] ?? single?.[0];
  if (whole === undefined) return undefined;
  const found = whole.matchAll(/<(?:\w+:)?invoke name="([^"]+)">([\s\S]*?)<\/(?:\w+:)?invoke>/g);
  const calls = [...found].map(([, name = '', body = '']) => {
    const pairs = body.matchAll(/<(?:\w+:)?parameter name="([^"]+)">([\s\S]*?)<\/(?:\w+:)?parameter>/g);
    return callOf(name, [...pairs], tools);
  });
  return calls.length > 0 ? { calls, length: whole.length } : undefined;
}

/** Mistral: [TOOL_CALLS][{"name", "arguments"}, …], or [TOOL_CALLS]name{…} and [TOOL_CALLS]name[ARGS]{…}; reaches to the end. */
function readMistral(text: string): Read | undefined {
  if (!text.startsWith('[TOOL_CALLS]')) return undefined;
  const calls: RawCall[] = [];
  for (const part of text.split('[TOOL_CALLS]').slice(1)) {
    const named = /^\s*([\w.-]+)\s*(?:\[ARGS\])?\s*(\{[\s\S]*\})\s*$/.exec(part);
    const parsed = named ? undefined : parseJson(part.trim());
    const read = named
      ? [{ id: '', name: named[1] ?? '', arguments: named[2] ?? '' }]
      : (Array.isArray(parsed) ? parsed : [parsed]).map(readCallObject);
    for (const call of read) {
      if (call === undefined) return undefined;
      calls.push(call);
    }
  }
  return { calls, length: text.length };
}

/** A call of arguments that came as text: each is read by the type that the tool's schema gives it. */
function callOf(name: string, pairs: readonly RegExpMatchArray[], tools: readonly ToolSchema[]): RawCall {
  const tool = matchTool(name, tools);
  const input: JsonObject = {};
  for (const [, key = '', value = ''] of pairs) {
    const type = tool && parameterType(tool, key.trim());
    const parsed = type === undefined || type === 'string' ? undefined : parseJson(value.trim());
    input[key.trim()] = parsed ?? value;
  }
  return { id: '', name, arguments: JSON.stringify(input) };
}

function parseLoosely(text: string): unknown {
  return parseJson(text) ?? repairJson(text, false)?.value;
}

/** {"name", "arguments"} (also "parameters" or "input", and the form with a "function" inside). */
function readCallObject(value: unknown): RawCall | undefined {
  if (!isObject(value)) return undefined;
  const call = isObject(value.function) ? value.function : value;
  const input = call.arguments ?? call.parameters ?? call.input;
  if (typeof call.name !== 'string' || (!isObject(input) && typeof input !== 'string')) return undefined;
  return { id: '', name: call.name, arguments: typeof input === 'string' ? input : JSON.stringify(input) };
}
