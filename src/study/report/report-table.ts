import type { PolicyRow } from '../../core/policy-table.ts';
import type { Comparison } from '../metrics/compare.ts';
import type { HoldOutRow } from '../metrics/compare-hold-out.ts';
import type { Report } from '../metrics/report-figures.ts';
import type { Count } from '../metrics/tally-misbehaviour.ts';
import { formatCount } from '../progress-bar.ts';
import {
  countOf,
  formatChange,
  formatDifference,
  formatEstimate,
  formatInterval,
  formatP,
  formatValue,
  plural,
} from './format-values.ts';

/** The report as text for a terminal. */
export function writeReportTable(report: Report): string {
  const blocks = [headline(report)];
  for (const name of new Set(report.figures.map((figure) => figure.group))) {
    const rows = report.figures
      .filter((figure) => figure.group === name)
      .map((figure) => [
        figure.title,
        formatValue(figure.estimate.value, figure.unit),
        formatInterval(figure.estimate.interval, figure.unit),
        countOf(figure.estimate.n, figure.of),
      ]);
    blocks.push(drawTable(name, ['', 'value', '95 % interval', 'n'], rows));
  }
  blocks.push(holdOutTable(report), classTable(report));
  if (report.overlap.length > 0) {
    const rows = report.overlap.map(({ classes, prevalence }) => [
      classes.join(' + '),
      formatEstimate(prevalence, 'share'),
    ]);
    blocks.push(drawTable('Classes in one session', ['', 'sessions'], rows));
  }
  if (report.suppressed.length > 0) blocks.push(suppressedTable(report.suppressed));
  return `${blocks.filter(Boolean).join('\n\n')}\n`;
}

function headline(report: Report): string {
  const list = (counts: readonly Count[]) =>
    counts
      .slice(0, 6)
      .map(({ name, count }) => `${name} ${formatCount(count)}`)
      .join(', ');
  const { totals } = report;
  return [
    `${plural(report.sessions, 'session')}, ${plural(totals.steps, 'step')}, ${plural(totals.calls, 'tool call')}, ${totals.tokens === null ? 'tokens unknown' : plural(totals.tokens, 'token')}, ${totals.costUsd === null ? 'cost unknown' : formatValue(totals.costUsd, 'usd')}`,
    `Agents: ${list(report.agents)}`,
    `Observer: ${list(report.modes)}`,
    `Outcomes: ${list(report.outcomes)}`,
  ].join('\n');
}

/** Reminders said and withheld, side by side. */
function holdOutTable({ holdOut }: Report): string {
  if (holdOut.length === 0) return '';
  return drawTable(
    'Reminders sent against withheld at random (experiment.holdback)',
    ['', 'said (n)', 'withheld (n)', 'difference', '95 % interval'],
    holdOut.map(holdOutCells),
  );
}

export function holdOutCells({ title, unit, said, withheld, difference }: HoldOutRow): string[] {
  const cell = ({ value, n }: HoldOutRow['said']) => `${formatValue(value, unit)} (${formatCount(n)})`;
  return [
    title,
    cell(said),
    cell(withheld),
    difference.value === null ? '–' : formatValue(difference.value, unit),
    formatDifference(difference.interval, unit),
  ];
}

function classTable(report: Report): string {
  if (report.classes.length === 0) return '';
  const rows = report.classes.map((row) => [
    row.class,
    formatEstimate(row.prevalence, 'share'),
    formatCount(row.episodes),
    formatEstimate(row.treated, 'share'),
    formatEstimate(row.shadow, 'share'),
  ]);
  return drawTable(
    'Misbehaviour by class (labels overlap)',
    ['', 'sessions', 'episodes', 'recovered after reminders', 'by itself (shadow)'],
    rows,
  );
}

function suppressedTable(rows: Report['suppressed']): string {
  return drawTable(
    'Held back, by reason',
    ['', 'findings', 'a session'],
    rows.map(({ name, count, aSession }) => [name, formatCount(count), formatEstimate(aSession, 'number')]),
  );
}

/** Columns padded to their widest cell; the first is left-aligned, the others too, so that intervals line up. */
export function drawTable(title: string, head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((cell, column) => Math.max(cell.length, ...rows.map((row) => (row[column] ?? '').length)));
  const draw = (cells: readonly string[]) =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  return [title, draw(head), ...rows.map(draw)].join('\n');
}

export type CompareHead = {
  readonly experiment: string;
  readonly control: string;
  readonly treatment: string;
  readonly unit: string;
  readonly warnings: readonly string[];
  readonly correction: string;
};

/** The comparison of two arms as text. */
export function writeCompareTable(head: CompareHead, comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((one) => [
    one.title,
    `${formatValue(one.control.value, one.unit)} (${formatCount(one.control.n)})`,
    `${formatValue(one.treatment.value, one.unit)} (${formatCount(one.treatment.n)})`,
    formatChange(one.relative),
    formatDifference(one.interval, one.unit),
    formatP(one.p),
    formatP(one.adjustedP),
    formatP(one.rankP),
    one.neededEach === null ? '–' : formatCount(one.neededEach),
    one.missingEach === null ? '–' : formatCount(one.missingEach),
    one.test,
  ]);
  const columns = [
    '',
    `${head.control} (n)`,
    `${head.treatment} (n)`,
    'change',
    '95 % of difference',
    'p',
    `p, ${head.correction}`,
    'rank p',
    'n needed',
    'lacking',
    'test',
  ];
  const title = `${head.experiment}: ${head.treatment} against ${head.control}, by ${head.unit}`;
  const warnings = head.warnings.map((warning) => `! ${warning}`);
  return `${[drawTable(title, columns, rows), ...warnings].join('\n')}\n`;
}

/** Where speaking pays, as text. */
export function writePolicyTable(rows: readonly PolicyRow[]): string {
  const cells = rows.map((row) => [
    row.class,
    row.detector ?? 'any',
    row.pays,
    formatEstimate(row.failing, 'share'),
    formatEstimate(row.treatedFailing, 'share'),
    formatEstimate(row.recovery, 'share'),
    formatEstimate(row.disruption, 'share'),
    formatValue(row.threshold, 'share'),
    `${formatChange(row.gain.value).replace(' %', '')} ${formatDifference(row.gain.interval, 'share')}`,
  ]);
  const head = ['', 'detector', 'pays', 'p failing', 'failing when reminded', 'r', 'd', 'd/(r+d)', 'gain'];
  return `${drawTable('When to speak: it pays where p > d / (r + d)', head, cells)}\n`;
}
