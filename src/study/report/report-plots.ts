import { escapeHtml } from '../../core/text/escape-html.ts';
import type { Interval } from '../metrics/statistics.ts';

/** Drawn in the pixels it is shown in, so that text keeps its size: a whole line of the page, half of one, a line with long labels. */
export type PlotSize = 'wide' | 'half' | 'worded';
type Measures = { readonly width: number; readonly labelWidth: number; readonly valueWidth: number };
const measuresOf: Readonly<Record<PlotSize, Measures>> = {
  wide: { width: 990, labelWidth: 240, valueWidth: 150 },
  half: { width: 460, labelWidth: 170, valueWidth: 50 },
  worded: { width: 990, labelWidth: 500, valueWidth: 60 },
};
const rowHeight = 30;

export type BarRow = {
  readonly label: string;
  readonly value: number;
  readonly interval?: Interval | null;
  readonly text: string;
  /** A CSS colour. */
  readonly color: string;
};

/** Horizontal bars with 95 % whiskers, one row each, and the figures at the right. */
export function drawBars(
  rows: readonly BarRow[],
  label: string,
  format: (value: number) => string,
  size: PlotSize = 'wide',
): string {
  const measures = measuresOf[size];
  const { width, labelWidth, valueWidth } = measures;
  const largest = Math.max(...rows.map((row) => row.interval?.[1] ?? row.value));
  const ticks = niceTicks(0, largest);
  const top = ticks.at(-1)! || 1;
  const x = (value: number) => labelWidth + (value / top) * (width - labelWidth - valueWidth);
  const height = rows.length * rowHeight + 24;
  const grid = ticks.map((tick) => gridLine(x(tick), height - 24, format(tick))).join('');
  const bars = rows.map((row, at) => drawBar(row, at * rowHeight, x, measures)).join('');
  return svg(width, height, label, grid + bars);
}

function drawBar(row: BarRow, top: number, x: (value: number) => number, measures: Measures): string {
  const middle = top + rowHeight / 2;
  const bar = `<rect x="${x(0)}" y="${top + 7}" width="${(x(row.value) - x(0)).toFixed(1)}" height="${rowHeight - 14}" rx="2" fill="${row.color}" opacity=".85"/>`;
  return `<g><title>${escapeHtml(`${row.label}: ${row.text}`)}</title>${labelText(row.label, middle, measures)}${bar}${whisker(row.interval, middle, x, 'var(--ink)')}${valueText(row.text, middle, measures)}</g>`;
}

export type DotRow = {
  readonly label: string;
  readonly dots: readonly {
    readonly value: number;
    readonly interval: Interval | null;
    readonly color: string;
    readonly name: string;
    readonly text: string;
  }[];
};

/** Points with 95 % intervals on a common scale, several to a row; `zero` draws a line that intervals may or may not cross. */
export function drawDots(
  rows: readonly DotRow[],
  label: string,
  range: Interval,
  format: (value: number) => string,
  zero?: number,
): string {
  const measures = measuresOf.wide;
  const { width, labelWidth, valueWidth } = measures;
  const ticks = niceTicks(range[0], range[1]);
  const [low, high] = [Math.min(range[0], ticks[0]!), Math.max(range[1], ticks.at(-1)!)];
  const x = (value: number) =>
    labelWidth + ((Math.max(low, Math.min(high, value)) - low) / (high - low || 1)) * (width - labelWidth - valueWidth);
  const heights = rows.map((row) => Math.max(1, row.dots.length) * 18 + 14);
  const height = heights.reduce((sum, one) => sum + one, 0) + 24;
  const grid = ticks.map((tick) => gridLine(x(tick), height - 24, format(tick))).join('');
  const zeroLine =
    zero === undefined ? '' : `<line class="zero" x1="${x(zero)}" x2="${x(zero)}" y1="0" y2="${height - 24}"/>`;
  let top = 0;
  const groups = rows.map((row, at) => {
    const start = top;
    top += heights[at]!;
    return drawDotRow(row, start, heights[at]!, x, measures);
  });
  return svg(width, height, label, grid + zeroLine + groups.join(''));
}

function drawDotRow(
  row: DotRow,
  top: number,
  height: number,
  x: (value: number) => number,
  measures: Measures,
): string {
  const dots = row.dots.map((dot, at) => {
    const middle = top + 16 + at * 18;
    const point = `<circle cx="${x(dot.value).toFixed(1)}" cy="${middle}" r="4.5" fill="${dot.color}"/>`;
    return `<g><title>${escapeHtml(`${row.label}, ${dot.name}: ${dot.text}`)}</title>${whisker(dot.interval, middle, x, dot.color)}${point}${valueText(dot.text, middle, measures)}</g>`;
  });
  return labelText(row.label, top + height / 2, measures) + dots.join('');
}

export type ColumnRow = { readonly name: string; readonly count: number };

/** Columns of counts: a histogram with its own bins. */
export function drawColumns(rows: readonly ColumnRow[], label: string, axis: string): string {
  const { width } = measuresOf.half;
  const height = 200;
  const most = Math.max(1, ...rows.map((row) => row.count));
  const step = width / rows.length;
  const columns = rows.map((row, at) => {
    const size = (row.count / most) * (height - 56);
    const left = at * step + step * 0.14;
    const text =
      row.count > 0
        ? `<text class="quiet" x="${at * step + step / 2}" y="${height - 44 - size}" text-anchor="middle">${row.count}</text>`
        : '';
    return `<g><title>${escapeHtml(`${row.name}: ${row.count}`)}</title><rect x="${left.toFixed(1)}" y="${(height - 38 - size).toFixed(1)}" width="${(step * 0.72).toFixed(1)}" height="${size.toFixed(1)}" rx="2" fill="var(--accent)" opacity=".85"/>${text}<text class="quiet" x="${at * step + step / 2}" y="${height - 20}" text-anchor="middle">${escapeHtml(row.name)}</text></g>`;
  });
  const base = `<line class="axis" x1="0" x2="${width}" y1="${height - 37.5}" y2="${height - 37.5}"/>`;
  return svg(
    width,
    height,
    label,
    `${columns.join('')}${base}<text class="quiet" x="${width}" y="${height - 2}" text-anchor="end">${escapeHtml(axis)}</text>`,
  );
}

export type Slice = { readonly name: string; readonly count: number; readonly color: string };

/** One bar of shares; its key is drawn next to it. */
export function drawShares(slices: readonly Slice[], label: string): string {
  const total = slices.reduce((sum, slice) => sum + slice.count, 0) || 1;
  const { width } = measuresOf.half;
  let left = 0;
  const parts = slices.map((slice) => {
    const size = (slice.count / total) * width;
    const part = `<g><title>${escapeHtml(`${slice.name}: ${slice.count}`)}</title><rect x="${left.toFixed(1)}" y="0" width="${Math.max(0, size - 2).toFixed(1)}" height="26" rx="3" fill="${slice.color}" opacity=".88"/></g>`;
    left += size;
    return part;
  });
  return svg(width, 26, label, parts.join(''));
}

function svg(width: number, height: number, label: string, content: string): string {
  const size = width > 600 ? ' class="wide"' : '';
  return `<svg${size} viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">${content}</svg>`;
}

function gridLine(x: number, height: number, text: string): string {
  return `<line class="grid" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="0" y2="${height}"/><text class="quiet" x="${x.toFixed(1)}" y="${height + 17}" text-anchor="middle">${escapeHtml(text)}</text>`;
}

function labelText(text: string, y: number, { labelWidth }: Measures): string {
  const fits = Math.floor((labelWidth - 14) / 6.6);
  const shown = text.length > fits ? `${text.slice(0, fits - 1)}…` : text;
  return `<text x="${labelWidth - 14}" y="${y + 4.5}" text-anchor="end">${escapeHtml(shown)}</text>`;
}

function valueText(text: string, y: number, { width }: Measures): string {
  return `<text class="quiet" x="${width}" y="${y + 4}" text-anchor="end">${escapeHtml(text)}</text>`;
}

function whisker(
  interval: Interval | null | undefined,
  y: number,
  x: (value: number) => number,
  color: string,
): string {
  if (!interval) return '';
  const [left, right] = [x(interval[0]).toFixed(1), x(interval[1]).toFixed(1)];
  return `<path d="M${left} ${y}H${right}M${left} ${y - 4}V${y + 4}M${right} ${y - 4}V${y + 4}" stroke="${color}" stroke-width="1.3" fill="none" opacity=".75"/>`;
}

/** Four to six round numbers that span the range. */
export function niceTicks(low: number, high: number): number[] {
  const span = high - low || 1;
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((candidate) => candidate >= rough)!;
  const ticks: number[] = [];
  for (let tick = Math.floor(low / step) * step; tick < high + step * 0.999; tick += step)
    ticks.push(Number(tick.toPrecision(12)));
  return ticks;
}
