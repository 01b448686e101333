import * as z from 'zod';

const count = z.number();

const episodeFacts = z.object({
  class: z.string(),
  category: z.string(),
  detector: z.string().nullable(),
  mode: z.enum(['on', 'shadow']),
  interventions: count,
  complied: z.boolean().nullable(),
  /** The user called it a false alarm. */
  wrong: z.boolean().default(false),
  outcome: z.enum(['recovered', 'persisted', 'ended', 'stale']).nullable(),
  /** Its words were withheld by lot. */
  withheld: z.boolean().default(false),
  /** Steps and tokens of the run after it was opened. */
  stepsAfter: count.nullable().default(null),
  tokensAfter: count.nullable().default(null),
});

/** The delay from evidence to signal, and from signal to reminder; milliseconds are null where a form has no times. */
const delay = z.object({
  class: z.string(),
  detector: z.string().nullable(),
  steps: count,
  ms: count.nullable(),
  /** It was dropped as too late; the delay is how long it had waited. */
  isDropped: z.boolean().default(false),
});

/** Windows of at most 10 steps on each side of the first reminder (or, in shadow, of what would have been the first). */
const disruption = z.object({
  mode: z.enum(['on', 'shadow']),
  class: z.string(),
  detector: z.string().nullable(),
  isClean: z.boolean(),
  gotWorse: z.boolean(),
});

/**
 * What a report needs of one session, as one line of JSON: a few hundred bytes, whatever the session's size. Reports are computed
 * from these lines and nothing else, so the facts of parts merge into exactly the report of the whole.
 */
export const factsSchema = z.object({
  type: z.literal('facts'),
  session: z.string(),
  source: z.string(),
  agent: z.string(),
  model: z.string(),
  repository: z.string(),
  startedAt: z.string().nullable(),
  experiment: z.object({ name: z.string(), arm: z.string(), unit: z.string() }).nullable(),
  /** The share of reminders that are withheld by lot. */
  holdback: count.default(0),
  /** `replayed`: nobody watched the run, its findings are those of the detectors now. `unobserved`: there are none. */
  mode: z.enum(['on', 'shadow', 'off', 'replayed', 'unobserved']),
  outcome: z.string().nullable(),
  success: z.boolean().nullable(),
  /** The observer's estimate that it succeeded, 0 to 1. */
  score: count.nullable().default(null),
  /** Whether the last check that the run made was red; null when it made none. */
  isLastCheckRed: z.boolean().nullable().default(null),
  steps: count,
  calls: count,
  /** Calls that ran and failed. */
  failedCalls: count,
  /** Calls that a person, a permission or a hook said no to, and calls that were cancelled or stopped before they ran. */
  declinedCalls: count.default(0),
  cancelledCalls: count.default(0),
  inputTokens: count.nullable(),
  cachedInputTokens: count.nullable(),
  outputTokens: count.nullable(),
  costUsd: count.nullable(),
  /** Wall time, and the part of it in which the agent was at work. */
  durationMs: count.nullable(),
  activeMs: count.nullable().default(null),
  interventions: z.object({ interrupts: count, redirects: count, corrections: count, total: count }),
  classes: z.array(z.string()),
  categories: z.array(z.string()),
  signals: count,
  verdicts: count,
  reminders: count,
  shadowReminders: count,
  suppressed: z.record(z.string(), count),
  episodes: z.array(episodeFacts),
  detection: z.array(delay),
  delivery: z.array(delay),
  disruption: disruption.nullable(),
  observer: z.object({ tokens: count, costUsd: count.nullable(), judgeCalls: count }).nullable(),
});

export type SessionFacts = z.infer<typeof factsSchema>;
export type EpisodeFacts = z.infer<typeof episodeFacts>;
export type DelayFacts = z.infer<typeof delay>;
export type DisruptionFacts = z.infer<typeof disruption>;

/** The calls that ran, whatever came of them. */
export function ranCalls(one: SessionFacts): number {
  return one.calls - one.declinedCalls - one.cancelledCalls;
}

/** One order for all reports, whatever order the files were read in: sums of floating numbers depend on it. */
export function sortFacts(facts: readonly SessionFacts[]): SessionFacts[] {
  const keyed = facts.map((one) => ({ one, key: sessionKey(one) }));
  keyed.sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0));
  return keyed.map(({ one }) => one);
}

/** What tells a session from every other. */
export function sessionKey(one: SessionFacts): string {
  return `${one.source}\n${one.session}\n${one.startedAt ?? ''}`;
}
