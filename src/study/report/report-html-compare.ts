import type { PolicyTable } from '../../core/policy-table.ts';
import { escapeHtml } from '../../core/text/escape-html.ts';
import type { Comparison } from '../metrics/compare.ts';
import type { HoldOutRow } from '../metrics/compare-hold-out.ts';
import type { Estimate } from '../metrics/statistics.ts';
import { formatCount } from '../progress-bar.ts';
import { formatChange, formatDifference, formatInterval, formatP, formatValue } from './format-values.ts';
import { drawDots } from './report-plots.ts';
import { type CompareHead, holdOutCells } from './report-table.ts';

/** Treatment against control: a forest plot of relative changes, and the table behind it. */
export function compareSection(head: CompareHead, comparisons: readonly Comparison[]): string {
  const warnings = head.warnings.map((warning) => `<div class="warn">${escapeHtml(warning)}</div>`).join('');
  const title = `Observer ${head.treatment} against ${head.control}`;
  const words = `Experiment ${head.experiment}, assigned by ${head.unit}. Change of ${head.treatment} relative to ${head.control}, with 95 % intervals; a coloured point is one whose corrected p is below 0.05: green for better, red for worse.`;
  return `<h2>${escapeHtml(title)}</h2><p>${escapeHtml(words)}</p>${warnings}<div class="card">${forest(comparisons)}</div><div class="card" style="margin-top:16px">${table(head, comparisons)}</div>`;
}

function forest(comparisons: readonly Comparison[]): string {
  const rows = comparisons.flatMap((one) => {
    if (one.relative === null || one.interval === null || !one.control.value) return [];
    const base = one.control.value;
    const interval = [one.interval[0] / base, one.interval[1] / base] as const;
    const text = `${formatChange(one.relative)}  p ${formatP(one.adjustedP)}`;
    return [{ label: one.title, dots: [{ value: one.relative, interval, color: colorOf(one), name: 'change', text }] }];
  });
  if (rows.length === 0) return '<p class="key">Nothing can be compared yet: an arm has fewer than two sessions.</p>';
  const bounds = rows.flatMap((row) => row.dots.flatMap((dot) => [...dot.interval, dot.value]));
  const reach = Math.min(1, Math.max(0.05, ...bounds.map(Math.abs)));
  return drawDots(
    rows,
    'Relative change by metric',
    [-reach, reach],
    (value) => `${value > 0 ? '+' : ''}${Math.round(value * 1000) / 10} %`,
    0,
  );
}

function colorOf(one: Comparison): string {
  if (one.adjustedP === null || one.adjustedP >= 0.05 || one.difference === null) return 'var(--muted)';
  return one.difference < 0 === one.lowerIsBetter ? 'var(--good)' : 'var(--bad)';
}

function table(head: CompareHead, comparisons: readonly Comparison[]): string {
  const rows = comparisons.map((one) => {
    const arm = (estimate: Comparison['control']) =>
      `${formatValue(estimate.value, one.unit)}<br><span class="quiet">n = ${formatCount(estimate.n)}</span>`;
    const cells = [
      arm(one.control),
      arm(one.treatment),
      formatChange(one.relative),
      formatDifference(one.interval, one.unit),
      formatP(one.p),
      formatP(one.adjustedP),
      formatP(one.rankP),
      one.neededEach === null
        ? '–'
        : `${formatCount(one.neededEach)}<br><span class="quiet">${one.missingEach === 0 ? 'reached' : `lacking ${formatCount(one.missingEach ?? 0)}`}</span>`,
    ];
    return `<tr><td>${escapeHtml(one.title)}<br><span class="quiet">${escapeHtml(one.test)}</span></td>${cells.map((cell) => `<td class="n">${cell}</td>`).join('')}</tr>`;
  });
  const heads = [
    head.control,
    head.treatment,
    'change',
    '95 % of difference',
    'p',
    `p, ${head.correction}`,
    'rank p',
    'n needed in each arm',
  ];
  return `<table><tr><th>Metric</th>${heads.map((cell) => `<th class="n">${escapeHtml(cell)}</th>`).join('')}</tr>${rows.join('')}</table>`;
}

/** Where speaking pays. */
export function policySection(policy: PolicyTable): string {
  const rows = policy.rows.map((row) => {
    const shares = [row.failing, row.treatedFailing, row.recovery, row.disruption].map(stackedShare);
    const gain = stacked(
      `${formatChange(row.gain.value).replace(' %', '')} points`,
      formatDifference(row.gain.interval, 'share').replace(' points', ''),
      row.gain.n,
    );
    const cells = [...shares, formatValue(row.threshold, 'share'), gain].map((cell) => `<td class="n">${cell}</td>`);
    const name =
      row.detector === null ? escapeHtml(row.class) : `<span class="quiet">by ${escapeHtml(row.detector)}</span>`;
    return `<tr><td>${name}</td><td class="${row.pays}">${row.pays}</td>${cells.join('')}</tr>`;
  });
  const heads = ['fails in silence, p', 'fails when reminded', 'saved, r', 'broken, d', 'd / (r + d)', 'gain'];
  const words = `A reminder pays where a run fails more often than d / (r + d). Yes and no only where the whole interval of the gain is on one side of 0 and both groups have at least ${policy.fewest} alarms.`;
  return `<h2>When to speak</h2><p>${words}</p><div class="card"><table><tr><th>Class</th><th>Pays</th>${heads.map((cell) => `<th class="n">${cell}</th>`).join('')}</tr>${rows.join('')}</table></div>`;
}

/** Reminders said against withheld by lot; nothing where none was withheld. */
export function holdOutSection(rows: readonly HoldOutRow[]): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => {
    const [title = '', ...values] = holdOutCells(row);
    return `<tr><td>${escapeHtml(title)}</td>${values.map((value) => `<td class="n">${escapeHtml(value)}</td>`).join('')}</tr>`;
  });
  const heads = ['Said (n)', 'Withheld (n)', 'Difference', '95 % interval'];
  const words = 'By lot: episodes with a reminder against episodes whose reminder was withheld (experiment.holdback).';
  return `<h2>What reminders do</h2><p>${words}</p><div class="card"><table><tr><th></th>${heads.map((cell) => `<th class="n">${cell}</th>`).join('')}</tr>${cells.join('')}</table></div>`;
}

/** A share, with its interval and n on quiet lines of their own. */
export function stackedShare({ value, interval, n }: Estimate): string {
  return stacked(formatValue(value, 'share'), formatInterval(interval, 'share'), n);
}

function stacked(value: string, interval: string, n: number): string {
  if (n === 0) return '–';
  return `${escapeHtml(value)}<br><span class="quiet">${escapeHtml(interval)}<br>n = ${formatCount(n)}</span>`;
}
