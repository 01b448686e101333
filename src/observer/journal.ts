import type { Emit } from '../core/event.ts';
import {
  addUsage,
  noUsage,
  type Reminder,
  type Signal,
  type Suppressed,
  type Verdict,
  type WinkSummary,
} from '../core/types.ts';
import type { Decisions } from './policy/decisions.ts';
import type { Spent } from './worker/protocol.ts';

/** Entries of each kind kept for the timeline. */
const maxTimelineLength = 500;

/** What the screen's timeline shows: the last entries of each kind. */
export type Timeline = {
  readonly signals: readonly Signal[];
  readonly verdicts: readonly Verdict[];
  readonly suppressed: readonly Suppressed[];
  readonly reminders: readonly Reminder[];
};

/** Counts, remembers and reports what the observer did. */
export type Journal = {
  readonly signal: (signal: Signal) => void;
  readonly suppressed: (suppressed: Suppressed) => void;
  readonly decisions: (decisions: Decisions) => void;
  /** A call is under way: it counts from now on, with an estimate until its cost is known (or for ever, when it is cut off). */
  readonly asking: (estimate: Spent) => void;
  readonly spent: (spent: Spent) => void;
  /** What judge and adviser have cost so far. */
  readonly totals: () => Spent;
  readonly timeline: () => Timeline;
  readonly summary: (parts: Pick<WinkSummary, 'mode' | 'health' | 'stepsObserved' | 'episodes'>) => WinkSummary;
};

/** Every entry becomes an event; the counts are those of the result's `wink` object. */
export function createJournal(emit: Emit): Journal {
  const kept = {
    signals: [] as Signal[],
    verdicts: [] as Verdict[],
    suppressed: [] as Suppressed[],
    reminders: [] as Reminder[],
  };
  const counts = { signals: 0, verdicts: 0, reminders: 0, suppressed: 0 };
  let withheld = 0;
  let settled: Spent = { calls: 0, ...noUsage };
  let underWay: Spent | undefined;

  function suppressed(entry: Suppressed): void {
    counts.suppressed += 1;
    keep(kept.suppressed, entry);
    emit({ type: 'suppressed', suppressed: entry });
  }

  function verdict(entry: Verdict): void {
    counts.verdicts += 1;
    keep(kept.verdicts, entry);
    emit({ type: 'verdict', verdict: entry });
  }

  function reminder(entry: Reminder): void {
    if (entry.mode === 'on') counts.reminders += 1;
    if (entry.withheld) withheld += 1;
    keep(kept.reminders, entry);
    emit({ type: 'reminder', mode: entry.mode, reminder: entry });
  }

  function totals(): Spent {
    return underWay === undefined ? settled : addSpent(settled, underWay);
  }

  function tellSpent(): void {
    const { calls: judgeCalls, ...usage } = totals();
    emit({ type: 'observer.usage', usage, judgeCalls, isEstimate: underWay !== undefined });
  }

  return {
    signal: (signal) => {
      counts.signals += 1;
      keep(kept.signals, signal);
      emit({ type: 'signal', signal });
    },
    suppressed,
    decisions: (decisions) => {
      for (const entry of decisions.verdicts) verdict(entry);
      for (const entry of decisions.suppressed) suppressed(entry);
      for (const entry of decisions.reminders) reminder(entry);
      for (const episode of decisions.closed) emit({ type: 'recovery', episode });
    },
    asking: (estimate) => {
      settled = totals();
      underWay = estimate;
      tellSpent();
    },
    spent: (spent) => {
      settled = addSpent(settled, spent);
      underWay = undefined;
      tellSpent();
    },
    totals,
    timeline: () => kept,
    summary: (parts) => {
      const { calls: judgeCalls, ...usage } = totals();
      return { ...parts, ...counts, ...(withheld > 0 && { withheld }), judgeCalls, usage };
    },
  };
}

function addSpent(left: Spent, right: Spent): Spent {
  return { calls: left.calls + right.calls, ...addUsage(left, right) };
}

function keep<Entry>(entries: Entry[], entry: Entry): void {
  entries.push(entry);
  if (entries.length > maxTimelineLength) entries.shift();
}
