import { escapeHtml } from '../../core/text/escape-html.ts';
import { plural } from '../report/format-values.ts';
import { type Fleet, type Group, type RunMark, statesOf } from './fleet.ts';
import { type RunState, stateWords } from './run-state.ts';

const width = 990;
/** More days than this are drawn together in weeks or months by whoever asks for less. */
const maxDays = 60;

export const colorOf: Readonly<Record<RunState, string>> = {
  done: 'var(--good)',
  doubtful: 'var(--reasoning)',
  limit: 'var(--drift)',
  failed: 'var(--bad)',
  unknown: 'var(--other)',
};

function svg(height: number, label: string, content: string): string {
  return `<svg class="wide" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(label)}">${content}</svg>`;
}

/** The latest runs, one square each, row by row in the order of their beginning. */
export function drawWall(marks: readonly RunMark[]): string {
  const size = marks.length > 600 ? 16 : marks.length > 150 ? 20 : 28;
  const columns = Math.floor(width / size);
  const squares = marks.map((mark, at) => {
    const [x, y] = [(at % columns) * size, Math.floor(at / columns) * size];
    const dot =
      mark.reminders === 0 || mark.state === 'failed'
        ? ''
        : `<circle cx="${x + size / 2 - 1}" cy="${y + size / 2 - 1}" r="${size / 7}" fill="var(--card)"/>`;
    return `<g><title>${escapeHtml(describeMark(mark))}</title><rect x="${x}" y="${y}" width="${size - 2.5}" height="${size - 2.5}" rx="${size / 7}" fill="${colorOf[mark.state]}"/>${dot}</g>`;
  });
  return svg(Math.ceil(marks.length / columns) * size, 'The latest runs', squares.join(''));
}

function describeMark({ session, repository, model, startedAt, state, outcome, reminders, costUsd, classes }: RunMark) {
  return [
    `${repository}, ${session}`,
    `${stateWords[state]} (${outcome})${startedAt === '' ? '' : `, ${startedAt.slice(0, 16).replace('T', ' ')}`}`,
    `${model}${costUsd === null ? '' : `, $${costUsd.toFixed(2)}`}${reminders === 0 ? '' : `, ${plural(reminders, 'reminder')}`}`,
    classes.join(', '),
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** Runs by day, how they ended stacked; what they cost comes under them. */
export function drawDays(days: readonly Group[]): string {
  const shown = days.slice(-maxDays);
  const [height, foot] = [210, 44];
  const top = Math.max(1, ...shown.map(({ runs }) => runs));
  const step = width / Math.max(shown.length, 7);
  const every = Math.ceil(shown.length / 14);
  const columns = shown.map((day, at) => {
    let y = height;
    const parts = statesOf(day).map(({ state, count }) => {
      const size = (count / top) * (height - 18);
      y -= size;
      return `<rect x="${(at * step + step * 0.1).toFixed(1)}" y="${y.toFixed(1)}" width="${(step * 0.8).toFixed(1)}" height="${Math.max(0.5, size - 0.7).toFixed(1)}" rx="1.5" fill="${colorOf[state]}"/>`;
    });
    const middle = (at * step + step / 2).toFixed(1);
    const cost = day.pricedRuns === 0 ? '' : `$${day.costUsd < 10 ? day.costUsd.toFixed(1) : Math.round(day.costUsd)}`;
    const words =
      (shown.length - 1 - at) % every === 0
        ? `<text class="quiet" x="${middle}" y="${height + 18}" text-anchor="middle">${day.name.slice(5)}</text><text class="quiet" x="${middle}" y="${height + 35}" text-anchor="middle">${cost}</text>`
        : '';
    const number = `<text class="quiet" x="${middle}" y="${(y - 5).toFixed(1)}" text-anchor="middle">${step < 22 ? '' : day.runs}</text>`;
    return `<g><title>${escapeHtml(describeGroup(day))}</title>${parts.join('')}${number}${words}</g>`;
  });
  const base = `<line class="axis" x1="0" x2="${width}" y1="${height + 0.5}" y2="${height + 0.5}"/>`;
  return svg(height + foot, 'Runs by day', columns.join('') + base);
}

/** Repositories by day: the more runs of a day did not end well, the redder its square. */
export function drawGrid({ grid, days }: Pick<Fleet, 'grid' | 'days'>): string {
  const shown = days.slice(-maxDays);
  const [label, row] = [230, 24];
  const step = Math.min(34, (width - label) / Math.max(1, shown.length));
  const rows = [...grid].map(([repository, cells], at) => {
    const squares = shown.map(({ name }, column) => {
      const cell = cells.get(name);
      const place = `x="${(label + column * step).toFixed(1)}" y="${at * row}" width="${(step - 3).toFixed(1)}" height="${row - 3}" rx="3"`;
      if (cell === undefined) return `<rect ${place} fill="var(--shade)"/>`;
      const bad = (cell.states.failed + cell.states.doubtful + cell.states.limit) / cell.runs;
      const color =
        bad === 0
          ? 'fill="var(--good)" opacity=".45"'
          : `fill="var(--bad)" opacity="${(0.12 + 0.88 * bad).toFixed(2)}"`;
      return `<g><title>${escapeHtml(`${repository}\n${describeGroup(cell)}`)}</title><rect ${place} ${color}/></g>`;
    });
    const name = repository.length > 32 ? `…${repository.slice(-31)}` : repository;
    return `<text x="${label - 12}" y="${at * row + 15}" text-anchor="end">${escapeHtml(name)}</text>${squares.join('')}`;
  });
  return svg(grid.size * row + 4, 'Repositories by day', rows.join(''));
}

/** How a group's runs ended, as one bar of the width it is given. */
export function drawBar(group: Group, size = 180): string {
  let left = 0;
  const parts = statesOf(group).map(({ state, count }) => {
    const part = (count / group.runs) * size;
    const bar = `<rect x="${left.toFixed(1)}" y="0" width="${Math.max(0.5, part - 0.8).toFixed(1)}" height="12" rx="2" fill="${colorOf[state]}"/>`;
    left += part;
    return bar;
  });
  return `<svg class="bar" width="${size}" height="12" viewBox="0 0 ${size} 12" role="img" aria-label="${escapeHtml(describeGroup(group))}"><title>${escapeHtml(describeGroup(group))}</title>${parts.join('')}</svg>`;
}

/** The runs of a class by day, as a line without axes. */
export function drawSpark(values: readonly number[], color: string): string {
  const [size, height] = [160, 24];
  const top = Math.max(1, ...values);
  const step = size / Math.max(1, values.length - 1);
  const points = values.map(
    (value, at) => `${(at * step).toFixed(1)},${(height - 2 - (value / top) * (height - 4)).toFixed(1)}`,
  );
  const line = `<polyline points="${points.join(' ')}" fill="none" stroke="${color}" stroke-width="1.6" stroke-linejoin="round"/>`;
  return `<svg class="bar" width="${size}" height="${height}" viewBox="0 0 ${size} ${height}" role="img" aria-label="by day: ${values.join(', ')}">${line}</svg>`;
}

export function describeGroup(group: Group): string {
  const states = statesOf(group).map(({ state, count }) => `${count} ${stateWords[state]}`);
  return `${group.name}: ${plural(group.runs, 'run')}, ${states.join(', ')}`;
}
