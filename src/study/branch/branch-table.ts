import { mcNemar } from '../metrics/significance-tests.ts';
import { type Estimate, estimateMean, estimateProportion } from '../metrics/statistics.ts';
import { formatCount } from '../progress-bar.ts';
import { formatEstimate, formatP } from '../report/format-values.ts';
import { drawTable } from '../report/report-table.ts';
import { type BranchResult, type Condition, conditions } from './branch-run.ts';

export type ConditionSummary = {
  readonly condition: Condition;
  readonly solved: Estimate;
  readonly recurred: Estimate;
  readonly steps: Estimate;
  readonly tokens: Estimate;
};

/** The pairs of two conditions by run number: how often both, only one, or neither solved it. */
export type Pairing = {
  readonly measure: 'solved' | 'free of recurrence';
  readonly first: Condition;
  readonly second: Condition;
  readonly both: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  readonly neither: number;
  readonly p: number;
};

export type BranchSummary = { readonly conditions: readonly ConditionSummary[]; readonly pairs: readonly Pairing[] };

/** Sums up branches of one fork. The p is McNemar's exact one (a sign test on the pairs that disagree). */
export function summariseBranches(results: readonly BranchResult[]): BranchSummary {
  const present = conditions.filter((condition) => results.some((result) => result.condition === condition));
  const others = present.filter((condition) => condition !== 'reminder');
  return {
    conditions: present.map((condition) =>
      summarise(
        condition,
        results.filter((result) => result.condition === condition),
      ),
    ),
    pairs: present.includes('reminder')
      ? others.flatMap((other) => [pair(results, other, 'solved'), pair(results, other, 'free of recurrence')])
      : [],
  };
}

function summarise(condition: Condition, own: readonly BranchResult[]): ConditionSummary {
  return {
    condition,
    solved: estimateProportion(own.filter((result) => result.solved).length, own.length),
    recurred: estimateProportion(own.filter((result) => result.recurred).length, own.length),
    steps: estimateMean(own.map((result) => result.steps)),
    tokens: estimateMean(own.map((result) => result.tokens)),
  };
}

function pair(results: readonly BranchResult[], first: Condition, measure: Pairing['measure']): Pairing {
  const counts = { both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 };
  const isGood = (result: BranchResult) => (measure === 'solved' ? result.solved : !result.recurred);
  for (const left of results.filter((result) => result.condition === first)) {
    const right = results.find((result) => result.condition === 'reminder' && result.run === left.run);
    if (right === undefined) continue;
    counts[isGood(left) ? (isGood(right) ? 'both' : 'onlyFirst') : isGood(right) ? 'onlySecond' : 'neither'] += 1;
  }
  return { measure, first, second: 'reminder', ...counts, p: mcNemar(counts.onlyFirst, counts.onlySecond) };
}

/** The summary as text. */
export function writeBranchTable(summary: BranchSummary, title: string): string {
  const rows = summary.conditions.map((one) => [
    one.condition,
    formatEstimate(one.solved, 'share'),
    formatEstimate(one.recurred, 'share'),
    formatEstimate(one.steps, 'steps'),
    formatEstimate(one.tokens, 'tokens'),
  ]);
  const pairs = summary.pairs.map((one) => [
    `${one.measure}: ${one.second} against ${one.first}`,
    formatCount(one.both),
    formatCount(one.onlySecond),
    formatCount(one.onlyFirst),
    formatCount(one.neither),
    formatP(one.p),
  ]);
  const blocks = [drawTable(title, ['', 'solved', 'recurred', 'steps', 'tokens'], rows)];
  if (pairs.length > 0)
    blocks.push(
      drawTable('Pairs by run', ['', 'both', 'only reminder', 'only other', 'neither', 'p (McNemar)'], pairs),
    );
  return `${blocks.join('\n\n')}\n`;
}
