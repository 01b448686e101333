import { basename } from 'node:path';
import * as z from 'zod';
import { classifyTool } from '../../core/classify-tool.ts';
import { isObject } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import type { NormalizedCall, NormalizedStep } from '../../observer/step/normalized-step.ts';
import { noticesIn, personWords } from '../../observer/step/person-words.ts';
import { whyNotRun } from '../../observer/step/results/did-not-run.ts';
import { wordsInResult } from '../../observer/step/results/words-in-results.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from './trajectory.ts';

const labelSchema = z.object({
  class: z.string(),
  start: z.number(),
  visible: z.number(),
  end: z.number(),
  confidence: z.number().default(1),
  severity: z.string().optional(),
});

export const runLabelsSchema = z.looseObject({
  misbehaviours: z.array(labelSchema).optional(),
  success: z.boolean().nullish(),
  ruleBroken: z.boolean().optional(),
  ruleReverted: z.boolean().optional(),
  firstBreakStep: z.number().nullish(),
});

type Line = {
  readonly index?: number;
  /** Steps in a row with the same number are the calls of one message. */
  readonly message?: number;
  readonly assistantText?: string | null;
  readonly tool?: string | null;
  readonly args?: unknown;
  readonly result?: unknown;
  readonly isError?: boolean | null;
  readonly user?: string | null;
  readonly notices?: readonly string[] | null;
  readonly lossy?: boolean | null;
};

/** Steps are checked by hand: they are most of a file, and a schema takes longer than reading their JSON. */
function isLine(value: unknown): value is Line {
  if (!isObject(value)) return false;
  const { index, message, assistantText, tool, isError, user, notices, lossy } = value;
  return (
    isAbsentOr('number', index) &&
    isAbsentOr('number', message) &&
    isNothingOr('string', assistantText) &&
    isNothingOr('string', tool) &&
    isNothingOr('boolean', isError) &&
    isNothingOr('string', user) &&
    areTexts(notices) &&
    isNothingOr('boolean', lossy)
  );
}

function isAbsentOr(type: 'number', value: unknown): boolean {
  return value === undefined || typeof value === type;
}

function areTexts(value: unknown): boolean {
  return (
    value === undefined || value === null || (Array.isArray(value) && value.every((text) => typeof text === 'string'))
  );
}

function isNothingOr(type: 'string' | 'boolean', value: unknown): boolean {
  return value === undefined || value === null || typeof value === type;
}

const lineSchema = z.object({
  id: z.string().optional(),
  case: z.string().optional(),
  source: z.string().optional(),
  set: z.string().optional(),
  agent: z.string().optional(),
  model: z.string().nullish(),
  task: z.string().nullish(),
  plan: z.string().optional(),
  cwd: z.string().optional(),
  instructions: z.array(z.object({ source: z.string(), text: z.string() })).optional(),
  steps: z.array(z.custom<Line>(isLine)),
  labels: runLabelsSchema.nullish(),
  expect: z
    .object({
      stuck: z.boolean(),
      kind: z.string().nullish(),
      atStep: z.number().optional(),
      quietBefore: z.boolean().optional(),
    })
    .optional(),
  core: z.boolean().optional(),
});

/**
 * Our own dataset form: one trajectory a line, `{ id, task, steps: [{ index, assistantText, tool, args, result,
 * isError, user?, notices?, message? }], labels? }`.
 */
export const datasetFormat: TrajectoryFormat = {
  name: 'dataset',
  unit: 'line',
  recognises: (head) =>
    /^\s*\{/.test(head) && /"steps"\s*:\s*\[\s*(?:\]|[\s\S]*?"(?:assistantText|tool)"\s*:)/.test(head),
  parse: (text, place) => [readLine(text, place)],
};

function readLine(text: string, place: Place): StudyTrajectory {
  const line = lineSchema.parse(JSON.parse(text));
  const task = personWords(line.task ?? '');
  return {
    id: line.id ?? line.case ?? `${basename(place.file)}:${place.line ?? 1}`,
    source: line.source ?? basename(place.file),
    set: line.set,
    agent: line.agent,
    model: line.model ?? undefined,
    task: task.words,
    ...((line.plan ?? task.plan) !== undefined && { plan: line.plan ?? task.plan }),
    cwd: line.cwd ?? '',
    instructions: line.instructions,
    steps: readSteps(line.steps),
    labels: line.labels ?? undefined,
    expect: line.expect,
    core: line.core,
    file: place.file,
  };
}

/** One call a line, except where lines say that they are of one message: those are one step, which has the first one's index. */
function readSteps(lines: readonly Line[]): NormalizedStep[] {
  const steps: NormalizedStep[] = [];
  for (const [position, line] of lines.entries()) {
    const step = readStep(line, position, lines[position - 1]);
    const last = steps.at(-1);
    if (last === undefined || !isOfMessage(line, lines[position - 1])) steps.push(step);
    else steps[steps.length - 1] = join(last, step);
  }
  return steps;
}

function isOfMessage(line: Line, before: Line | undefined): boolean {
  if (before === undefined || !line.tool || !before.tool) return false;
  const isSame = (name: 'message' | 'index') => line[name] !== undefined && line[name] === before[name];
  return isSame('message') || isSame('index');
}

function join(first: NormalizedStep, next: NormalizedStep): NormalizedStep {
  const notices = [...(first.notices ?? []), ...(next.notices ?? [])];
  return {
    ...first,
    text: [first.text, next.text].filter((text) => text !== '').join('\n'),
    userTexts: [...first.userTexts, ...next.userTexts],
    ...(notices.length > 0 && { notices }),
    calls: [...first.calls, ...next.calls],
    isLossy: first.isLossy || next.isLossy,
  };
}

function readStep(step: Line, position: number, before: Line | undefined): NormalizedStep {
  const notices = step.notices ?? noticesIn(step.user ?? '');
  return {
    index: step.index ?? position,
    userTexts: readWords(step.user ?? '', before),
    ...(notices.length > 0 && { notices }),
    text: step.assistantText ?? '',
    reasoning: '',
    calls: step.tool ? [readCall(step.tool, step)] : [],
    isLossy: step.lossy ?? false,
  };
}

/** What the user said in a message and in the result before it, which a conversion may have put into the message already. */
function readWords(message: string, before: Line | undefined): string[] {
  const said = message === '' ? '' : personWords(message).words;
  const inResult = before?.tool ? wordsInResult(before.tool, readOutput(before.result)) : undefined;
  return [inResult !== undefined && !said.includes(inResult) ? inResult : '', said].filter((words) => words !== '');
}

function readCall(name: string, step: Line): NormalizedCall {
  const input = readInput(step.args);
  const output = readOutput(step.result);
  const isError = step.isError ?? false;
  const errorKind = isError ? whyNotRun(output) : undefined;
  return {
    name,
    act: classifyTool(name, input),
    input,
    output,
    isError,
    ...(errorKind !== undefined && { errorKind }),
  };
}

/** Arguments as an object; malformed ones (a bare string) are kept under `raw`. */
export function readInput(value: unknown): JsonObject {
  if (isObject(value)) return value;
  return value === null || value === undefined ? {} : { raw: value };
}

/** A result as text. */
export function readOutput(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}
