import * as z from 'zod';
import { isObject } from '../core/text/json.ts';
import { type JsonObject, noUsage } from '../core/types.ts';

const usage = z.object({
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  cacheWriteTokens: z.number().exactOptional(),
  outputTokens: z.number(),
  costUsd: z.number().nullable(),
});
const note = z.looseObject({ from: z.enum(['user', 'observer', 'harness']), text: z.string(), at: z.string() });
const call = z.looseObject({ id: z.string(), name: z.string(), input: z.record(z.string(), z.unknown()) });
const result = z.looseObject({ callId: z.string(), name: z.string(), output: z.string(), isError: z.boolean() });
const stepLine = z.looseObject({
  type: z.literal('step'),
  index: z.int().nonnegative(),
  at: z.string(),
  notes: z.array(note).default([]),
  text: z.string().default(''),
  calls: z.array(call).default([]),
  results: z.array(result).default([]),
  usage: usage.default(noUsage),
  ms: z.number().default(0),
  finish: z.enum(['stop', 'tool-calls', 'length', 'content-filter', 'cut']).default('stop'),
});
const headerLine = z.looseObject({
  type: z.literal('header'),
  session: z.string(),
  at: z.string(),
  model: z.string(),
  cwd: z.string(),
  system: z.string().default(''),
  task: z.string().default(''),
  tools: z.record(z.string(), z.string()).optional().catch(undefined),
});
const compactionLine = z.looseObject({
  type: z.literal('compaction'),
  fromStep: z.number(),
  summary: z.string(),
  kind: z.enum(['summary', 'thinned']),
});
const rewindLine = z.looseObject({ type: z.literal('rewind'), toStep: z.int().nonnegative() });

const lineSchema = z.discriminatedUnion('type', [
  headerLine,
  stepLine,
  z.looseObject({ type: z.literal('call'), at: z.string(), call, result }),
  note.extend({ type: z.literal('note') }),
  compactionLine,
  rewindLine,
  z.looseObject({ type: z.literal('taken-back'), notes: z.array(z.string()) }),
  z.looseObject({ type: z.literal('end'), outcome: z.string(), error: z.string().optional().catch(undefined) }),
  z.looseObject({
    type: z.literal('reminder'),
    id: z.string(),
    episode: z.string(),
    class: z.string(),
    category: z.string(),
    text: z.string(),
    evidence: z.string(),
    evidenceSteps: z.array(z.number()),
    mode: z.enum(['on', 'shadow']),
  }),
  z.looseObject({
    type: z.literal('recovery'),
    id: z.string(),
    class: z.string(),
    mode: z.enum(['on', 'shadow']),
    interventions: z.number(),
    evidenceSteps: z.array(z.number()),
  }),
]);
const otherTypes = new Set(['subagent', 'signal', 'verdict', 'suppressed', 'reminder', 'recovery']);

/** A line of a session file as far as it is known; undefined for one that can't be read. */
export function parseLine(text: string) {
  try {
    const value: unknown = JSON.parse(text);
    if (isWholeStep(value) && !text.includes('"__proto__"')) return value;
    const parsed = lineSchema.safeParse(value);
    if (parsed.success) return parsed.data;
    const type = z.object({ type: z.string() }).safeParse(value);
    return type.success && otherTypes.has(type.data.type) ? { type: 'other' as const } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a line is the header of a session. */
export function isSessionHeader(text: string): boolean {
  return parseLine(text)?.type === 'header';
}

/** A step of which nothing is missing. Most of a file are steps, and a schema takes longer than reading their JSON. */
function isWholeStep(line: unknown): line is z.infer<typeof stepLine> {
  if (!isObject(line) || line.type !== 'step') return false;
  const { index, at, notes, text, calls, results, ms, finish } = line;
  return (
    Number.isSafeInteger(index) &&
    Number(index) >= 0 &&
    typeof at === 'string' &&
    typeof text === 'string' &&
    Number.isFinite(ms) &&
    typeof finish === 'string' &&
    finishes.has(finish) &&
    isListOf(notes, isNote) &&
    isListOf(calls, isCall) &&
    isListOf(results, isResult) &&
    usage.safeParse(line.usage).success
  );
}

const finishes: ReadonlySet<string> = new Set(stepLine.shape.finish.unwrap().options);
const sources: ReadonlySet<string> = new Set(note.shape.from.options);

/** Whether a value is a list of objects that are all such parts. */
export function isListOf(value: unknown, isPart: (part: JsonObject) => boolean): boolean {
  return Array.isArray(value) && value.every((part) => isObject(part) && isPart(part));
}

function isNote({ from, text, at }: JsonObject): boolean {
  return typeof from === 'string' && sources.has(from) && typeof text === 'string' && typeof at === 'string';
}

/** Whether an object is a call of a saved step. */
export function isCall({ id, name, input }: JsonObject): boolean {
  return typeof id === 'string' && typeof name === 'string' && isObject(input);
}

function isResult({ callId, name, output, isError }: JsonObject): boolean {
  return (
    typeof callId === 'string' && typeof name === 'string' && typeof output === 'string' && typeof isError === 'boolean'
  );
}
