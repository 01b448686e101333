import * as z from 'zod';
import { unknownKeys } from '../config/known-keys.ts';
import { UserError } from '../core/errors.ts';
import type { Episode, JsonObject, Outcome, Reminder, Signal, Suppressed } from '../core/types.ts';
import { observerSchema } from '../observer/observer-schema.ts';
import { normalizeStep } from '../observer/step/normalize-step.ts';
import type { NormalizedStep } from '../observer/step/normalized-step.ts';
import { createStepObserver, type Observed } from '../observer/step-observer.ts';
import { checkOptions, describeUnknown } from './check-options.ts';

export type ObserverOptions = {
  /** The user's first words: prohibitions in them are kept from the first step on. */
  readonly task: string;
  readonly cwd?: string;
  /** AGENTS.md and the like: `source` is the file's name. */
  readonly instructions?: readonly { readonly source: string; readonly text: string }[];
  /** Paths with uncommitted changes of the user's, relative to `cwd`. */
  readonly dirtyFiles?: readonly string[];
  /** `shadow`: reminders are what would have been said (default `on`). */
  readonly mode?: 'on' | 'shadow';
  /** `observer` of the configuration: `graceSteps`, `detectors`, ... */
  readonly config?: JsonObject;
};

const optionsSchema = z.strictObject({
  task: z.string(),
  cwd: z.string().optional(),
  instructions: z.array(z.object({ source: z.string(), text: z.string() })).optional(),
  dirtyFiles: z.array(z.string()).optional(),
  mode: z.enum(['on', 'shadow']).optional(),
  config: observerSchema.optional(),
} satisfies Record<keyof ObserverOptions, z.ZodType>);

/** One round of any agent: what the user said before it, what the model said, what it called and what came back. */
export type PlainStep = {
  readonly user?: string | readonly string[];
  readonly text?: string;
  readonly reasoning?: string;
  readonly calls?: readonly {
    readonly name: string;
    readonly input: JsonObject;
    readonly output: string;
    readonly isError?: boolean;
  }[];
  /** The model ended its turn with this step (default: it called nothing). */
  readonly endsTurn?: boolean;
};

const stepSchema = z.object({
  user: z.union([z.string(), z.array(z.string())], 'must be a string, or a list of them').optional(),
  text: z.string().optional(),
  reasoning: z.string().optional(),
  calls: z
    .array(
      z.object({
        name: z.string(),
        input: z.record(z.string(), z.unknown()),
        output: z.string(),
        isError: z.boolean().optional(),
      }),
    )
    .optional(),
  endsTurn: z.boolean().optional(),
} satisfies Record<keyof PlainStep, z.ZodType>);

export type StepFindings = {
  readonly signals: readonly Signal[];
  /** In mode `on` each is to come before the model in its next request, as a message of the user's role. */
  readonly reminders: readonly Reminder[];
  readonly suppressed: readonly Suppressed[];
  /** The ladder has come to its end: stop the agent. */
  readonly stop?: string;
};

export type Observer = {
  /** Looks at a finished step. Synchronous, well under a millisecond. */
  readonly step: (step: PlainStep) => StepFindings;
  /** The run has ended: open episodes get their outcome. */
  readonly finish: (outcome?: Outcome) => StepFindings;
  readonly episodes: () => readonly Episode[];
};

/** The observer alone, over the steps of any agent: detectors, constraints, policy and episodes, without a model. Throws UserError for wrong options and steps. */
export function createObserver(options: ObserverOptions): Observer {
  checkOptions('createObserver', optionsSchema, options);
  checkKnown(options.config);
  const observer = createStepObserver({
    config: observerSchema.parse(options.config ?? {}),
    mode: options.mode ?? 'on',
    hasJudge: false,
    facts: {
      task: options.task,
      cwd: options.cwd ?? process.cwd(),
      dirtyFiles: options.dirtyFiles ?? [],
      instructions: options.instructions ?? [],
    },
  });
  let index = 0;
  return {
    step: (plain) => {
      checkOptions('observer.step', stepSchema, plain);
      const step = normalize(plain, index, options.task);
      index++;
      const isTurnEnd = plain.endsTurn ?? step.calls.length === 0;
      observer.observe(step, isTurnEnd);
      return findingsOf(observer.deliver(step, isTurnEnd));
    },
    finish: (outcome = 'done') => findingsOf(observer.finish(outcome)),
    episodes: observer.episodes,
  };
}

function checkKnown(config: JsonObject | undefined): void {
  const [unknown] = unknownKeys({ observer: config }, z.object({ observer: observerSchema }));
  if (unknown === undefined || unknown.isOpen) return;
  const key = `config.${unknown.path.slice(1).join('.')}`;
  throw new UserError(`createObserver: ${describeUnknown(key, String(unknown.path.at(-1)), unknown.known)}`);
}

/** The task comes before the first step, whether the caller says it again or not. */
function normalize(plain: PlainStep, index: number, task: string): NormalizedStep {
  const said = plain.user === undefined ? [] : [plain.user].flat();
  const words = index === 0 && !said.includes(task) ? [task, ...said] : said;
  const at = new Date(0).toISOString();
  const calls = plain.calls ?? [];
  return normalizeStep({
    type: 'step',
    index,
    at,
    notes: words.map((text) => ({ from: 'user', text, at })),
    text: plain.text ?? '',
    reasoning: plain.reasoning ?? '',
    calls: calls.map(({ name, input }, position) => ({ id: `${index}-${position}`, name, input })),
    results: calls.map(({ name, output, isError }, position) => ({
      callId: `${index}-${position}`,
      name,
      output,
      isError: isError ?? false,
      ms: 0,
    })),
    usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: null },
    ms: 0,
    finish: calls.length > 0 ? 'tool-calls' : 'stop',
  });
}

function findingsOf({ signals, reminders, suppressed, stop }: Observed): StepFindings {
  return { signals, reminders, suppressed, ...(stop ? { stop: stop.reason } : {}) };
}
