import type { ToolSchema } from '../../core/model.ts';
import { count } from '../../core/text/count.ts';
import { isObject, parseJson } from '../../core/text/json.ts';
import { matchTool } from '../../core/text/names.ts';
import type { JsonObject, ToolCall } from '../../core/types.ts';
import type { RawCall } from './collector.ts';
import { repairJson } from './repair-json.ts';

/**
 * Makes tool calls of what the model sent: names matched through aliases and case, ids made unique (also among those of earlier steps), arguments fixed where they
 * have one meaning. `isCutOff` says that the answer reached its length limit: then nothing is closed that may have gone on.
 */
export function repairCalls(
  raw: readonly RawCall[],
  tools: readonly ToolSchema[],
  options: { isCutOff: boolean; newId: () => string; isTaken: (id: string) => boolean },
): ToolCall[] {
  const taken = new Set<string>();
  return raw.map((call) => {
    const isUsed = call.id === '' || taken.has(call.id) || options.isTaken(call.id);
    const id = isUsed ? options.newId() : call.id;
    taken.add(id);
    const name = matchTool(call.name, tools)?.name ?? call.name;
    return { id, name, ...readArguments(call.arguments, name, options.isCutOff) };
  });
}

type ReadArguments = Omit<ToolCall, 'id' | 'name'>;

/** Parses a call's arguments, fixing them or saying what is wrong with them. No arguments at all are an empty object. */
export function readArguments(raw: string, tool: string, isCutOff: boolean): ReadArguments {
  if (raw.trim() === '' || raw.trim() === 'null') return { input: {} };
  const whole = parseJson(raw);
  if (isObject(whole)) return { input: whole };
  if (whole !== undefined && typeof whole !== 'string')
    return { input: {}, rawInput: raw, problem: wrongType(tool, whole) };
  const repaired = repairJson(raw, isCutOff);
  if (repaired) return { input: repaired.value, repaired: repaired.how.join(', '), rawInput: raw };
  return { input: {}, rawInput: raw, problem: isCutOff ? cutOff(tool, raw) : unreadable(tool, raw) };
}

function wrongType(tool: string, value: unknown): string {
  const found = Array.isArray(value) ? 'a list' : `a ${typeof value}`;
  return `The call of ${tool} was not run: its arguments were ${found}, and a JSON object with the tool's parameters is wanted. Send the call again with an object.`;
}

function cutOff(tool: string, raw: string): string {
  return (
    `The call of ${tool} was not run: the answer reached its length limit in the middle of the arguments (after ${count(raw.length, 'character')}), and half an argument is not guessed at. ` +
    'Send the call again in smaller pieces: write a long file in several edits, or shorten the text.'
  );
}

function unreadable(tool: string, raw: string): string {
  const { reason, around } = locateError(raw);
  return (
    `The call of ${tool} was not run: its arguments are not valid JSON (${reason}). You sent, around the place: ${JSON.stringify(around)}\n` +
    'Likely causes: a quotation mark or backslash inside a string that is not escaped (write \\" and \\\\), a line break in a string (write \\n), or an answer that ended too early. Send the call again with valid JSON.'
  );
}

/** What the parser says, and 40 characters to each side of the place it names (or the end of the text). */
function locateError(raw: string): { reason: string; around: string } {
  try {
    JSON.parse(raw);
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/\s+/g, ' ').slice(0, 120) : 'no reason given';
    const position = Number(/position (\d+)/.exec(reason)?.[1] ?? raw.length);
    return { reason, around: raw.slice(Math.max(0, position - 40), position + 40) };
  }
  return { reason: 'no object', around: raw.slice(0, 80) };
}

/** The JSON type that a tool's schema gives a parameter; undefined when it says none. */
export function parameterType(tool: ToolSchema, parameter: string): string | undefined {
  const properties = isObject(tool.parameters.properties) ? tool.parameters.properties : ({} satisfies JsonObject);
  const property = properties[parameter];
  return isObject(property) && typeof property.type === 'string' ? property.type : undefined;
}
