import { describeJudgeTotal } from '../judge/judge-cost.ts';
import { timingPasses } from '../replay/replay-batch.ts';
import type { EvaluationReport } from './evaluation.ts';
import type { Figures } from './score-class.ts';

/** An evaluation as text: what it is of, the figures, and what they rest on. */
export function formatEvaluation(name: string, report: EvaluationReport): string {
  const lines = [
    `${name}: ${report.runs} runs, ${report.steps} steps; ${report.labelledRuns} labelled, ${report.cleanRuns} clean`,
    '',
    ...formatFigures('class (reminders)', Object.entries(report.classes)),
    '',
    ...formatFigures('detector (signals)', Object.entries(report.detectors)),
    ...formatConfusion(report.confusion),
    ...formatRest(report),
  ];
  return `${lines.join('\n')}\n`;
}

function formatFigures(title: string, rows: readonly (readonly [string, Figures])[]): string[] {
  const width = Math.max(title.length, ...rows.map(([name]) => name.length));
  const header = `${title.padEnd(width)}  precision  recall    f1  found  wrong  missed  delay  within 1  per 100 clean  per 1,000 steps`;
  return [header, ...rows.map(([name, figures]) => `${name.padEnd(width)}  ${formatRow(figures)}`)];
}

function formatRow(figures: Figures): string {
  return [
    decimal(figures.precision, 2).padStart(9),
    decimal(figures.recall, 2).padStart(6),
    decimal(figures.f1, 2).padStart(4),
    String(figures.truePositives).padStart(5),
    String(figures.falsePositives).padStart(5),
    String(figures.falseNegatives).padStart(6),
    decimal(figures.medianDelay, 1).padStart(5),
    percent(figures.withinOneStep).padStart(8),
    decimal(figures.falsePositivesPer100CleanRuns, 2).padStart(13),
    decimal(figures.findingsPer1000Steps, 2).padStart(15),
  ].join('  ');
}

function formatConfusion(confusion: EvaluationReport['confusion']): string[] {
  const rows = Object.keys(confusion).sort();
  if (rows.length === 0) return [];
  const columns = [...new Set(rows.flatMap((row) => Object.keys(confusion[row]!)))].sort();
  const width = Math.max(...rows.map((row) => row.length), 8);
  const header = `${'labelled'.padEnd(width)}  ${columns.map((column) => column.padStart(Math.max(column.length, 4))).join('  ')}`;
  const body = rows.map(
    (row) =>
      `${row.padEnd(width)}  ${columns.map((column) => String(confusion[row]![column] ?? 0).padStart(Math.max(column.length, 4))).join('  ')}`,
  );
  return ['', 'Confusion, in runs (labelled class down, said class across):', header, ...body];
}

function formatRest({ passingRuns, rules, cases, judge, calibration, stepMicroseconds }: EvaluationReport): string[] {
  const lines: string[] = [''];
  if (passingRuns.runs > 0)
    lines.push(
      `Passing runs with any reminder: ${passingRuns.withReminder} of ${passingRuns.runs} (${percent(passingRuns.share, 1)})`,
    );
  if (rules.broken + rules.others > 0) {
    lines.push(
      `Rule breaks caught before or at the step: ${rules.caughtInTime} of ${rules.broken}; other runs flagged: ${rules.othersFlagged} of ${rules.others}`,
    );
  }
  if (cases.core > 0)
    lines.push(
      `Core cases as expected: ${cases.asExpected} of ${cases.core}; negatives flagged: ${cases.negativesFlagged} of ${cases.negatives}`,
    );
  lines.push(...formatCalibration(calibration));
  if (judge !== undefined) lines.push(describeJudgeTotal(judge));
  lines.push(
    `Time per step: median ${decimal(stepMicroseconds.median, 0)} µs, 99th percentile ${decimal(stepMicroseconds.p99, 0)} µs (best of ${timingPasses} passes)`,
  );
  return lines;
}

/** What the score said of runs whose outcome is known, and what came of them. */
function formatCalibration({
  runs,
  passed,
  brier,
  brierOfShare,
  auc,
  rows,
}: EvaluationReport['calibration']): string[] {
  if (runs === 0) return [];
  const width = 'before the last change'.length;
  const row = (cells: readonly string[]) =>
    `  ${cells[0]!.padEnd(7)}  ${cells[1]!.padEnd(width)}  ${cells[2]!.padEnd(9)}  ${cells[3]!.padEnd(10)}  ${cells[4]!.padStart(8)}  ${cells[5]!.padStart(6)}  ${cells[6]!.padStart(12)}`;
  return [
    `Score against outcome: ${runs} runs, ${passed} passed; Brier ${decimal(brier, 3)} (${decimal(brierOfShare, 3)} with one share for all), area under the curve ${decimal(auc, 2)}`,
    row(['ending', 'last check', 'trouble', 'last words', 'estimate', 'passed', 'of runs']),
    ...rows.map((each) =>
      row([
        each.ending,
        each.lastCheck,
        each.trouble,
        each.words,
        each.estimate.toFixed(2),
        percent(each.passed / each.runs),
        `${each.passed} of ${each.runs}`,
      ]),
    ),
    '',
  ];
}

function decimal(value: number | null, digits: number): string {
  return value === null ? '-' : value.toFixed(digits);
}

function percent(value: number | null, digits = 0): string {
  return value === null ? '-' : `${(value * 100).toFixed(digits)} %`;
}
