import type { PolicyTable } from '../../core/policy-table.ts';
import { escapeHtml } from '../../core/text/escape-html.ts';
import type { Comparison } from '../metrics/compare.ts';
import type { Figure } from '../metrics/figures.ts';
import type { Report } from '../metrics/report-figures.ts';
import { formatCount } from '../progress-bar.ts';
import { countOf, formatInterval, formatValue, plural } from './format-values.ts';
import { compareSection, holdOutSection, policySection, stackedShare } from './report-html-compare.ts';
import { drawBars, drawColumns, drawDots, drawShares } from './report-plots.ts';
import { colorOfCategory, reportStyle } from './report-style.ts';
import type { CompareHead } from './report-table.ts';

export type Page = {
  readonly report: Report;
  readonly madeAt: string;
  readonly version: string;
  readonly compare?: { readonly head: CompareHead; readonly comparisons: readonly Comparison[] } | undefined;
  readonly policy?: PolicyTable | undefined;
};

/** One HTML page that needs nothing else: style and plots are inline, and it loads nothing. */
export function writeReportPage(page: Page): string {
  const { report } = page;
  const sections = [
    tiles(report),
    page.compare ? compareSection(page.compare.head, page.compare.comparisons) : '',
    classSection(report),
    recoverySection(report),
    holdOutSection(report.holdOut),
    `<div class="pair">${delaySection(report)}${outcomeSection(report)}</div>`,
    suppressedSection(report),
    page.policy ? policySection(page.policy) : '',
    figureSection(report),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>wink-agent report</title><style>${reportStyle}</style></head>
<body><main>${pageHeader(report)}${sections.join('')}
<footer>Made by wink-agent ${escapeHtml(page.version)} on ${escapeHtml(page.madeAt.slice(0, 10))}. Whiskers and brackets are 95 % intervals: Wilson for shares, Student's t for means,
a bootstrap over whole sessions for ratios and medians. n counts what the line says. Definitions: docs/report.md.</footer></main></body></html>
`;
}

function pageHeader(report: Report): string {
  const agents = report.agents
    .slice(0, 4)
    .map(({ name, count }) => `${name} (${formatCount(count)})`)
    .concat(report.agents.length > 4 ? [`${report.agents.length - 4} more`] : [])
    .join(', ');
  const span =
    report.startedFrom === null
      ? ''
      : ` between ${report.startedFrom.slice(0, 10)} and ${report.startedTo!.slice(0, 10)}`;
  const modes = report.modes.map(({ name, count }) => `${name} ${formatCount(count)}`).join(', ');
  return `<header><h1>Agent sessions and what the observer made of them</h1>
<p>${formatCount(report.sessions)} ${report.sessions === 1 ? 'session' : 'sessions'} of ${escapeHtml(agents)}${span}. Observer: ${escapeHtml(modes)}.</p></header>`;
}

const tileKeys = [
  'toolFailureRate',
  'misbehaving',
  'recovery',
  'selfRecovery',
  'interventions',
  'tokens',
  'cost',
  'observerTokenShare',
];

function tiles(report: Report): string {
  const { totals } = report;
  const counts = [
    tile(
      formatCount(report.sessions),
      'sessions',
      `${plural(totals.steps, 'step')}, ${plural(totals.calls, 'tool call')}`,
    ),
    tile(
      formatCount(totals.reminders),
      'reminders given',
      `${plural(totals.signals, 'signal')}, ${plural(totals.verdicts, 'verdict')}`,
    ),
  ];
  const figures = tileKeys.flatMap((key) => {
    const figure = report.figures.find((candidate) => candidate.key === key);
    return figure && figure.estimate.value !== null ? [figureTile(figure)] : [];
  });
  return `<div class="tiles">${[...counts, ...figures].join('')}</div>`;
}

function figureTile({ title, unit, of, estimate }: Figure): string {
  return tile(
    formatValue(estimate.value, unit),
    title,
    `${formatInterval(estimate.interval, unit) || 'no interval'}
n = ${formatCount(estimate.n)} ${of}`,
  );
}

function tile(value: string, title: string, small: string): string {
  return `<div class="tile"><b>${escapeHtml(value)}</b><span>${escapeHtml(title)}</span>${small
    .split('\n')
    .map((line) => `<small>${escapeHtml(line)}</small>`)
    .join('')}</div>`;
}

function key(entries: readonly (readonly [name: string, color: string])[]): string {
  return `<div class="key">${entries.map(([name, color]) => `<span><i style="background:${color}"></i>${escapeHtml(name)}</span>`).join('')}</div>`;
}

const percent = (value: number) => `${Math.round(value * 100)} %`;

function classSection(report: Report): string {
  if (report.classes.length === 0) {
    return section('Misbehaviour by class', 'No session that was watched or replayed shows any.', '');
  }
  const rows = report.classes.map((row) => ({
    label: row.class,
    value: row.prevalence.value ?? 0,
    interval: row.prevalence.interval,
    text: `${formatValue(row.prevalence.value, 'share')}  (${formatCount(Math.round((row.prevalence.value ?? 0) * row.prevalence.n))} of ${formatCount(row.prevalence.n)})`,
    color: colorOfCategory(row.category),
  }));
  const categories = report.categories.map(
    ({ category, prevalence }) =>
      [`${category} ${formatValue(prevalence.value, 'share')}`, colorOfCategory(category)] as const,
  );
  const overlap = report.overlap
    .slice(0, 5)
    .map(({ classes, prevalence }) => `${classes.join(' with ')} ${formatValue(prevalence.value, 'share')}`);
  const note = overlap.length > 0 ? `<p class="key">In one session: ${escapeHtml(overlap.join('; '))}.</p>` : '';
  return section(
    'Misbehaviour by class',
    'Share of the sessions watched or replayed in which the class was found at least once. Labels overlap.',
    key(categories) + drawBars(rows, 'Share of sessions by class', percent) + note,
  );
}

function recoverySection(report: Report): string {
  const rows = report.classes.flatMap((row) => {
    const dots = [
      { estimate: row.treated, name: 'after reminders', color: 'var(--accent)' },
      { estimate: row.shadow, name: 'by itself (shadow)', color: 'var(--other)' },
    ].flatMap(({ estimate, name, color }) =>
      estimate.value === null
        ? []
        : [
            {
              value: estimate.value,
              interval: estimate.interval,
              name,
              color,
              text: `${formatValue(estimate.value, 'share')}  n = ${formatCount(estimate.n)}`,
            },
          ],
    );
    return dots.length === 0 ? [] : [{ label: row.class, dots }];
  });
  if (rows.length === 0) return '';
  const plot = drawDots(rows, 'Recovery by class', [0, 1], percent);
  return section(
    'Recovery',
    'Of the episodes whose outcome became known, the share in which the misbehaviour did not come back within ten steps and progress was made. Grey: the agent alone, the base rate that reminders must beat.',
    key([
      ['after reminders', 'var(--accent)'],
      ['by itself (shadow)', 'var(--other)'],
    ]) + plot,
  );
}

function delaySection(report: Report): string {
  if (report.detectionDelays.length === 0) return '';
  const plot = drawColumns(report.detectionDelays, 'Signals by delay in steps', 'steps from first evidence to signal');
  return `<div>${section('How fast it is seen', 'Signals by the steps from the first evidence to the signal.', plot)}</div>`;
}

function suppressedSection(report: Report): string {
  if (report.suppressed.length === 0) return '';
  const rows = report.suppressed.slice(0, 8).map(({ name, count, aSession }) => ({
    label: name,
    value: aSession.value ?? 0,
    interval: aSession.interval,
    text: `${formatValue(aSession.value, 'number')}  (${formatCount(count)})`,
    color: 'var(--other)',
  }));
  return section(
    'What was held back',
    'Findings that were not said, a session and in all, by reason.',
    drawBars(rows, 'Suppressed by reason', (value) => formatValue(value, 'number'), 'worded'),
  );
}

const outcomeColors: Readonly<Record<string, string>> = {
  done: 'var(--good)',
  solved: 'var(--good)',
  error: 'var(--bad)',
  'not solved': 'var(--bad)',
  stuck: 'var(--reasoning)',
  'turn-limit': 'var(--verification)',
  timeout: 'var(--verification)',
  budget: 'var(--drift)',
};

function outcomeSection(report: Report): string {
  const slices = report.outcomes.map(({ name, count }) => ({
    name,
    count,
    color: outcomeColors[name] ?? 'var(--other)',
  }));
  const names = slices.map(({ name, count, color }) => [`${name} ${formatCount(count)}`, color] as const);
  const words = 'By the outcome that the session or its dataset gives.';
  return `<div>${section('How sessions ended', words, key(names) + drawShares(slices, 'Outcomes of sessions'))}</div>`;
}

function figureSection(report: Report): string {
  const rows: string[] = [];
  let last = '';
  for (const figure of report.figures) {
    if (figure.group !== last) rows.push(`<tr class="group"><td colspan="4">${escapeHtml(figure.group)}</td></tr>`);
    last = figure.group;
    const { estimate, unit, of, title } = figure;
    rows.push(
      `<tr><td>${escapeHtml(title)}</td><td class="n">${formatValue(estimate.value, unit)}</td><td class="n quiet">${formatInterval(estimate.interval, unit)}</td><td class="n quiet">${escapeHtml(countOf(estimate.n, of))}</td></tr>`,
    );
  }
  const classes = report.classes.map(
    (row) =>
      `<tr><td>${escapeHtml(row.class)}<br><span class="quiet">${escapeHtml(row.category)}</span></td><td class="n">${stackedShare(row.prevalence)}</td><td class="n">${formatCount(row.episodes)}</td><td class="n">${stackedShare(row.treated)}</td><td class="n">${stackedShare(row.shadow)}</td></tr>`,
  );
  const classTable =
    classes.length === 0
      ? ''
      : `<div class="card" style="margin-top:16px"><table><tr><th>Class</th><th class="n">Sessions</th><th class="n">Episodes</th><th class="n">Recovered after reminders</th><th class="n">By itself (shadow)</th></tr>${classes.join('')}</table></div>`;
  return `<h2>All figures</h2><p>What could not be computed from these sessions is shown as a dash.</p><div class="card"><table><tr><th>Figure</th><th class="n">Value</th><th class="n">95 % interval</th><th class="n">n</th></tr>${rows.join('')}</table></div>${classTable}`;
}

/** A headed card. */
export function section(title: string, words: string, content: string): string {
  const text = words === '' ? '' : `<p>${escapeHtml(words)}</p>`;
  return `<h2>${escapeHtml(title)}</h2>${text}${content === '' ? '' : `<div class="card">${content}</div>`}`;
}
