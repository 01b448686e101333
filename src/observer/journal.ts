import type { Emit } from '../core/event.ts';
import {
  addUsage,
  noUsage,
  type Reminder,
  type Signal,
  type Suppressed,
  type Usage,
  type Verdict,
  type WinkSummary,
} from '../core/types.ts';
import type { Decisions } from './decisions.ts';
import type { Spent } from './protocol.ts';

/** Entries of each kind kept for the timeline. */
const longestTimeline = 500;

/** What the screen's timeline shows: the last entries of each kind. */
export type Timeline = {
  readonly signals: readonly Signal[];
  readonly verdicts: readonly Verdict[];
  readonly suppressed: readonly Suppressed[];
  readonly reminders: readonly Reminder[];
};

/** Counts, remembers and tells what the observer did. */
export type Journal = {
  readonly signal: (signal: Signal) => void;
  readonly suppressed: (suppressed: Suppressed) => void;
  readonly decisions: (decisions: Decisions) => void;
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
  const counts = { signals: 0, verdicts: 0, reminders: 0, suppressed: 0, judgeCalls: 0 };
  let usage: Usage = noUsage;

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
    keep(kept.reminders, entry);
    emit({ type: 'reminder', mode: entry.mode, reminder: entry });
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
    spent: ({ calls, ...cost }) => {
      counts.judgeCalls += calls;
      usage = addUsage(usage, cost);
      emit({ type: 'observer.usage', usage, judgeCalls: counts.judgeCalls });
    },
    totals: () => ({ calls: counts.judgeCalls, ...usage }),
    timeline: () => kept,
    summary: (parts) => ({ ...parts, ...counts, usage }),
  };
}

function keep<Entry>(entries: Entry[], entry: Entry): void {
  entries.push(entry);
  if (entries.length > longestTimeline) entries.shift();
}
