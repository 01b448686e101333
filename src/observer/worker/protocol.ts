import * as z from 'zod';
import type { Signal, Verdict } from '../../core/types.ts';
import type { MisbehaviourClass } from '../classes/taxonomy.ts';
import type { DetectorSettings } from '../detectors/detector-settings.ts';
import type { JudgeModel, ObserverConfig } from '../observer-schema.ts';
import type { RuleFinding } from '../review/finding-history.ts';
import type { NormalizedStep, RunFacts } from '../step/normalized-step.ts';

/** What the worker is started with: values only. */
export type WorkerSettings = {
  readonly config: Pick<ObserverConfig, 'judge' | 'classes'>;
  readonly detectors: DetectorSettings;
  readonly facts: RunFacts;
  readonly classes: readonly MisbehaviourClass[];
  /** The judge's model; absent: the deterministic part works alone. */
  readonly judgeModel?: JudgeModel;
  /** The user's constraints in their words, one line each. */
  readonly ledger: readonly string[];
  /** What calls were found to break on the main thread before this worker started. */
  readonly findings: readonly RuleFinding[];
  /** Whether the judge's server may be asked now; it may not while a server of one slot is the agent's. */
  readonly isServerFree: boolean;
  /** What a worker before this one has spent of the judge's budget. */
  readonly spent: Spent;
};

/** What judge and adviser have cost so far. */
export type Spent = {
  readonly calls: number;
  readonly inputTokens: number;
  readonly cachedInputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
};

/** From the main thread to the worker. */
export type ToWorker =
  | { readonly kind: 'step'; readonly step: NormalizedStep }
  /** After a restart: the recent steps; nothing is said anew of those up to `knownUntil`. */
  | { readonly kind: 'catch-up'; readonly steps: readonly NormalizedStep[]; readonly knownUntil: number }
  /** The model called its turn done with step `index`. */
  | { readonly kind: 'turn-end'; readonly index: number }
  /** Nobody waits for the review of the turn any more. */
  | { readonly kind: 'cut-turn-end' }
  | { readonly kind: 'compacted' }
  /** The server that judge and agent share is the judge's to ask, or is not. */
  | { readonly kind: 'server'; readonly isFree: boolean }
  /** A verdict stands and its first reminder did not help: the adviser is asked. */
  | { readonly kind: 'advise'; readonly verdict: Verdict }
  /** A call was found to break a constraint, on the main thread. */
  | { readonly kind: 'finding'; readonly finding: RuleFinding }
  /** A finding of this class is reminded of before step `step`. */
  | { readonly kind: 'reminded'; readonly class: string; readonly step: number }
  /** The user's uncommitted work, where it became known after the worker's start. */
  | { readonly kind: 'dirty-files'; readonly paths: readonly string[] }
  /** The constraints have changed. */
  | { readonly kind: 'ledger'; readonly lines: readonly string[] };

const stepIndex = z.int().min(-1);
const confidence = z.number().min(0).max(1);
const shortText = z.string().max(4000);
const steps = z.array(stepIndex).max(1000).readonly();

const signalSchema = z.object({
  detector: shortText,
  category: shortText,
  class: shortText,
  step: stepIndex,
  confidence,
  evidenceSteps: steps,
  evidence: shortText,
  isRefused: z.boolean().exactOptional(),
  times: z.number().exactOptional(),
  key: shortText,
} satisfies Record<keyof Signal, z.ZodType>);

const verdictSchema = z.object({
  id: shortText,
  category: shortText,
  class: shortText,
  source: z.enum(['detector', 'judge']),
  detector: shortText.exactOptional(),
  confidence,
  firstStep: stepIndex,
  evidenceSteps: steps,
  evidence: shortText,
  key: shortText,
  isRefused: z.boolean().exactOptional(),
  times: z.number().exactOptional(),
  atStep: stepIndex,
  quote: shortText.exactOptional(),
  quoteStep: stepIndex.exactOptional(),
  against: shortText.exactOptional(),
  missing: shortText.exactOptional(),
  advice: shortText.exactOptional(),
} satisfies Record<keyof Verdict, z.ZodType>);

const spentSchema = z.object({
  calls: z.int().nonnegative(),
  inputTokens: z.number().nonnegative(),
  cachedInputTokens: z.number().nonnegative(),
  outputTokens: z.number().nonnegative(),
  costUsd: z.number().nonnegative().nullable(),
});

const upSchema = z.discriminatedUnion('kind', [
  /** Step `index` has been looked at; its signals came before this. */
  z.object({ kind: z.literal('seen'), index: stepIndex }),
  z.object({ kind: z.literal('signal'), signal: signalSchema }),
  z.object({ kind: z.literal('verdict'), verdict: verdictSchema }),
  /** The judge was asked and nothing stands. */
  z.object({
    kind: z.literal('no-verdict'),
    class: shortText,
    detector: shortText.exactOptional(),
    step: stepIndex,
    reason: shortText,
    /** There was no answer at all: no budget, or a fault. */
    isUnanswered: z.boolean().exactOptional(),
  }),
  z.object({ kind: z.literal('advice'), key: shortText, advice: shortText }),
  /** An explicit constraint of the user's that the judge read in their words. */
  z.object({ kind: z.literal('constraint'), quote: shortText, restated: shortText }),
  /** A question is under way; what it will cost, about, should its answer never come. */
  z.object({ kind: z.literal('asking'), estimate: spentSchema }),
  /** What that call has cost. */
  z.object({ kind: z.literal('spent'), spent: spentSchema }),
  /** The end of the turn at step `index` is being reviewed, or was: nothing more comes about it. */
  z.object({ kind: z.literal('reviewing'), index: stepIndex }),
  z.object({
    kind: z.literal('settled'),
    index: stepIndex,
    /** The judge answered all that was asked about the turn. */
    isReviewed: z.boolean().exactOptional(),
  }),
]);

/** From the worker to the main thread. */
export type FromWorker = z.output<typeof upSchema>;

/** Parses what came from the worker; undefined for anything that isn't one of its messages. */
export function parseFromWorker(message: unknown): FromWorker | undefined {
  const parsed = upSchema.safeParse(message);
  return parsed.success ? parsed.data : undefined;
}
