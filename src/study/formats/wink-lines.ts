import * as z from 'zod';
import { isObject } from '../../core/text/json.ts';
import {
  addUsage,
  type Episode,
  type JsonObject,
  noUsage,
  type ObserverMode,
  type Outcome,
  type Reminder,
  type Signal,
  type Step,
  type Suppressed,
  type Usage,
  type Verdict,
} from '../../core/types.ts';
import { isCall, isListOf } from '../../store/parse-line.ts';
import type { Timed } from '../input/run-record.ts';
import type { OnBrokenLine } from './shared/json-fields.ts';

/** The lines of a session file as far as studies need them; what is more in a line is kept and not looked at. */
const usageSchema = z.looseObject({
  inputTokens: z.number(),
  cachedInputTokens: z.number(),
  outputTokens: z.number(),
  costUsd: z.number().nullable(),
});

const headerSchema = z.looseObject({
  session: z.string(),
  at: z.string(),
  model: z.string().optional(),
  cwd: z.string().optional(),
  repository: z.string().optional(),
  mode: z.enum(['on', 'shadow', 'off']).optional(),
  task: z.string().optional(),
  system: z.string().optional(),
  holdback: z.number().optional(),
  experiment: z.looseObject({ name: z.string(), arm: z.string(), unit: z.string() }).optional(),
  agent: z.string().optional(),
});

/** Steps are checked by hand: they are most of a file, and a schema takes as long as reading their JSON. */
function isStep(line: unknown): line is Step {
  if (!isObject(line)) return false;
  const { index, at, notes, text, calls, results, usage } = line;
  return (
    typeof index === 'number' &&
    typeof at === 'string' &&
    typeof text === 'string' &&
    isListOf(notes, isNote) &&
    isListOf(calls, isCall) &&
    isListOf(results, isResult) &&
    usageSchema.safeParse(usage).success
  );
}

function isNote({ from, text }: JsonObject): boolean {
  return (from === 'user' || from === 'observer' || from === 'harness') && typeof text === 'string';
}

function isResult({ callId, output, isError }: JsonObject): boolean {
  return typeof callId === 'string' && typeof output === 'string' && typeof isError === 'boolean';
}

const rewindSchema = z.looseObject({ toStep: z.number() });
const signalSchema = z.looseObject({
  detector: z.string(),
  class: z.string(),
  step: z.number(),
  evidenceSteps: z.array(z.number()),
});
const verdictSchema = z.looseObject({
  class: z.string(),
  source: z.string(),
  atStep: z.number(),
  evidenceSteps: z.array(z.number()),
});
const suppressedSchema = z.looseObject({ class: z.string(), step: z.number(), reason: z.string() });
const reminderSchema = z.looseObject({
  id: z.string(),
  class: z.string(),
  step: z.number(),
  mode: z.enum(['on', 'shadow']),
  episode: z.string(),
});
const episodeSchema = z.looseObject({
  id: z.string(),
  class: z.string(),
  mode: z.enum(['on', 'shadow']),
  openedAtStep: z.number(),
  interventions: z.number(),
});

const endSchema = z.looseObject({
  at: z.string().optional(),
  outcome: z.enum(['done', 'error', 'turn-limit', 'budget', 'timeout', 'stuck', 'denied', 'aborted']),
  durationMs: z.number().optional(),
  usage: usageSchema.optional(),
  wink: z
    .looseObject({
      mode: z.enum(['on', 'shadow', 'off']),
      usage: usageSchema.optional(),
      judgeCalls: z.number().optional(),
      score: z.looseObject({ value: z.number() }).optional(),
      episodes: z.array(episodeSchema).optional(),
    })
    .optional(),
});

/** What a finished run's last line holds, as far as studies read it. */
type EndLine = {
  at?: string;
  outcome: Outcome;
  durationMs?: number;
  usage?: Usage;
  wink?: {
    mode: ObserverMode;
    usage?: Usage;
    judgeCalls?: number;
    score?: { value: number };
    episodes?: Timed<Episode>[];
  };
};

export type Gathered = {
  header: z.infer<typeof headerSchema>;
  steps: Step[];
  /** How often the user took steps back. */
  rewinds: number;
  signals: Timed<Signal>[];
  verdicts: Timed<Verdict>[];
  suppressed: Timed<Suppressed>[];
  reminders: Timed<Reminder>[];
  episodes: Timed<Episode>[];
  end?: EndLine;
};

/** Sorts the lines of a session by type. A line that lacks what its type needs counts as broken; types unknown here are passed over. */
export function gather(objects: Iterable<JsonObject>, onBroken: OnBrokenLine): Gathered {
  const gathered: Gathered = {
    header: { session: 'unknown', at: '' },
    steps: [],
    rewinds: 0,
    signals: [],
    verdicts: [],
    suppressed: [],
    reminders: [],
    episodes: [],
  };
  let line = 0;
  for (const object of objects) {
    line += 1;
    if (!addLine(object, gathered)) onBroken(line);
  }
  return gathered;
}

/** Each list takes what its schema let through; the schemas name the fields that studies read. */
function addLine(object: JsonObject, into: Gathered): boolean {
  switch (object.type) {
    case 'header':
      return take(headerSchema, object, (header) => {
        into.header = header;
      });
    case 'step':
      if (!isStep(object)) return false;
      if (object.index === into.steps.length) into.steps.push(object);
      return true;
    case 'rewind':
      return take(rewindSchema, object, ({ toStep }) => {
        into.steps.length = Math.min(into.steps.length, toStep);
        into.rewinds += 1;
      });
    case 'signal':
      return take(signalSchema, object, (signal) => into.signals.push(signal as unknown as Timed<Signal>));
    case 'verdict':
      return take(verdictSchema, object, (verdict) => into.verdicts.push(verdict as unknown as Timed<Verdict>));
    case 'suppressed':
      return take(suppressedSchema, object, (suppressed) =>
        into.suppressed.push(suppressed as unknown as Timed<Suppressed>),
      );
    case 'reminder':
      return take(reminderSchema, object, (reminder) => into.reminders.push(reminder as unknown as Timed<Reminder>));
    case 'recovery':
      return take(episodeSchema, object, (episode) => into.episodes.push(episode as unknown as Timed<Episode>));
    case 'end':
      return take(endSchema, object, (end) => {
        into.end = end as unknown as EndLine;
      });
    default:
      return true;
  }
}

function take<Line>(schema: z.ZodType<Line>, object: JsonObject, use: (line: Line) => unknown): boolean {
  const parsed = schema.safeParse(object);
  if (parsed.success) use(parsed.data);
  return parsed.success;
}

/** The end's own total, or the sum of the steps of a session that was killed. */
export function usageOf(steps: readonly Step[], end: EndLine | undefined): Usage {
  return end?.usage ?? steps.reduce((sum, step) => addUsage(sum, step.usage), noUsage);
}
