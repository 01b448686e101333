import { count } from '../../core/text/count.ts';
import { addJudgeCost, describeJudgeTotal, type JudgeTotal } from '../judge/judge-cost.ts';
import type { ReplayResult } from './replay.ts';
import type { ReplayRecord } from './replay-batch.ts';

export type ReplayFormat = 'table' | 'json' | 'jsonl';

/** Counts over all replayed runs. */
export type ReplayTotals = {
  trajectories: number;
  steps: number;
  signals: number;
  reminders: number;
  suppressed: number;
  runsWithSignals: number;
  runsWithReminders: number;
  /** What the judge cost, where it was asked. */
  judge?: JudgeTotal;
  readonly byDetector: Record<string, { class: string; signals: number; runs: number; reminders: number }>;
};

/** Nothing replayed yet. */
export function newTotals(): ReplayTotals {
  return {
    trajectories: 0,
    steps: 0,
    signals: 0,
    reminders: 0,
    suppressed: 0,
    runsWithSignals: 0,
    runsWithReminders: 0,
    byDetector: {},
  };
}

/** Adds one run to the totals. */
export function addToTotals(totals: ReplayTotals, result: ReplayResult): void {
  totals.trajectories += 1;
  totals.steps += result.steps;
  totals.signals += result.signals.length;
  totals.reminders += result.reminders.length;
  totals.suppressed += result.suppressed.length;
  if (result.signals.length > 0) totals.runsWithSignals += 1;
  if (result.reminders.length > 0) totals.runsWithReminders += 1;
  if (result.judge !== undefined) totals.judge = addJudgeCost(totals.judge, result.judge);
  const seen = new Set<string>();
  for (const signal of result.signals) {
    const row = rowOf(totals, signal.detector, signal.class);
    row.signals += 1;
    if (!seen.has(signal.detector)) row.runs += 1;
    seen.add(signal.detector);
  }
  for (const { detector, class: name } of result.reminders) rowOf(totals, detector ?? 'judge', name).reminders += 1;
}

function rowOf(totals: ReplayTotals, detector: string, className: string) {
  totals.byDetector[`${detector} / ${className}`] ??= { class: className, signals: 0, runs: 0, reminders: 0 };
  return totals.byDetector[`${detector} / ${className}`]!;
}

/** One run in the contract's form. */
export function plainResult({ result }: ReplayRecord) {
  const { id, source, set, steps, verdicts, judge } = result;
  return {
    id,
    source,
    ...(set !== undefined && { set }),
    steps,
    signals: result.signals.map(({ key: _key, times: _times, isRefused: _refused, ...signal }) => signal),
    reminders: result.reminders.map((reminder) => ({
      class: reminder.class,
      category: reminder.category,
      detector: reminder.detector,
      step: reminder.step,
      rung: reminder.rung,
      episode: reminder.episode,
      evidence: reminder.evidence,
      text: reminder.text,
    })),
    suppressed: result.suppressed,
    ...(verdicts !== undefined && { verdicts }),
    ...(judge !== undefined && { judge }),
    episodes: result.episodes,
    ...(result.score !== undefined && { score: result.score }),
  };
}

/** Writes records as they come, in one of the three forms. */
export type ReplayWriter = {
  readonly write: (record: ReplayRecord) => string;
  readonly end: (totals: ReplayTotals) => string;
};

/** The writer of a form; each call gives the text to print. */
export function createReplayWriter(format: ReplayFormat): ReplayWriter {
  if (format === 'jsonl') return { write: (record) => `${JSON.stringify(plainResult(record))}\n`, end: () => '' };
  if (format === 'json') return createJsonWriter();
  return { write: writeRows, end: writeTable };
}

function createJsonWriter(): ReplayWriter {
  let separator = '{"trajectories":[\n';
  return {
    write: (record) => {
      const text = separator + JSON.stringify(plainResult(record));
      separator = ',\n';
      return text;
    },
    end: (totals) => `${separator === ',\n' ? '' : separator}\n],"totals":${JSON.stringify(totals)}}\n`,
  };
}

/** A run with findings: a line for itself and one for each finding; a run without is not listed. */
function writeRows({ result }: ReplayRecord): string {
  if (result.signals.length === 0 && result.reminders.length === 0) return '';
  const lines = [`${result.id}  (${result.steps} steps)`];
  for (const signal of result.signals) {
    const isSaid = result.reminders.some(
      (reminder) =>
        reminder.detector === signal.detector && reminder.step >= signal.step && reminder.step <= signal.step + 2,
    );
    lines.push(
      `  step ${String(signal.step).padStart(4)}  ${isSaid ? 'reminder' : 'noted   '}  ${signal.class} (${signal.detector}): ${signal.evidence}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function writeTable(totals: ReplayTotals): string {
  const rows = Object.entries(totals.byDetector).sort(([, left], [, right]) => right.signals - left.signals);
  const width = Math.max(10, ...rows.map(([name]) => name.length));
  const header = `${'detector / class'.padEnd(width)}  signals    runs  reminders`;
  const body = rows.map(
    ([name, row]) => `${name.padEnd(width)}  ${pad(row.signals, 7)} ${pad(row.runs, 7)}  ${pad(row.reminders, 9)}`,
  );
  const summary =
    `${totals.trajectories} ${totals.trajectories === 1 ? 'trajectory' : 'trajectories'}, ${count(totals.steps, 'step')}: ` +
    `${count(totals.signals, 'signal')} in ${count(totals.runsWithSignals, 'run')}, ` +
    `${count(totals.reminders, 'reminder')} in ${count(totals.runsWithReminders, 'run')}, ${totals.suppressed} suppressed.`;
  const judge = totals.judge === undefined ? '' : `${describeJudgeTotal(totals.judge)}\n`;
  return `${rows.length === 0 ? '' : `\n${[header, ...body].join('\n')}\n\n`}${summary}\n${judge}`;
}

function pad(number: number, width: number): string {
  return String(number).padStart(width);
}
