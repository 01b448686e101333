import type { Code, CodedLabel } from '../../core/qualitative-coding.ts';
import { type Agreement, estimateAlpha, estimateKappa } from '../metrics/agreement.ts';
import { formatCount } from '../progress-bar.ts';
import { drawTable } from '../report/report-table.ts';
import { adjudicated, groupByRun, type LabelLine, resolveCode } from './label-store.ts';

/** A label counts when its coder was at least this sure. */
const minConfidence = 0.5;

/** How well coders agree on one class. */
export type ClassAgreement = {
  readonly class: string;
  /** Runs that at least one coder marked with it. */
  readonly marked: number;
  /** Does the run show it at all: kappa of the two coders with the most runs in common. */
  readonly kappa: Agreement;
  /** The same with all coders. */
  readonly alpha: Agreement;
  /** Is each step part of it: all coders, steps of runs that two or more read. */
  readonly stepAlpha: Agreement;
};

export type AgreementReport = {
  readonly coders: readonly string[];
  readonly runs: number;
  readonly pair: readonly [string, string] | null;
  readonly classes: readonly ClassAgreement[];
};

/** Agreement of the coders on each class, merged codes counting as one. The adjudicated readings are nobody's own and left out. */
export function computeAgreement(lines: readonly LabelLine[], codes: readonly Code[]): AgreementReport {
  const own = lines
    .filter((line) => line.coder !== adjudicated && !line.isDraft)
    .map((line) => resolveLabels(line, codes));
  const runs = [...groupByRun(own).values()].filter((readings) => readings.length >= 2);
  const coders = [...new Set(own.map((line) => line.coder))].sort();
  const pair = closestPair(runs, coders);
  const names = [
    ...new Set(runs.flatMap((readings) => readings.flatMap((reading) => reading.labels.map((label) => label.class)))),
  ].sort();
  return { coders, runs: runs.length, pair, classes: names.map((name) => agreeOn(name, runs, coders, pair)) };
}

function resolveLabels(line: LabelLine, codes: readonly Code[]): LabelLine {
  const sure = line.labels.filter((label) => label.confidence >= minConfidence);
  return { ...line, labels: sure.map((label) => ({ ...label, class: resolveCode(codes, label.class) })) };
}

/** The two coders that read the most runs together. */
function closestPair(runs: readonly LabelLine[][], coders: readonly string[]): readonly [string, string] | null {
  let best: readonly [string, string] | null = null;
  let most = 0;
  coders.forEach((left, at) => {
    for (const right of coders.slice(at + 1)) {
      const common = runs.filter((readings) =>
        [left, right].every((coder) => readings.some((reading) => reading.coder === coder)),
      ).length;
      if (common > most) [best, most] = [[left, right], common];
    }
  });
  return best;
}

function agreeOn(
  name: string,
  runs: readonly LabelLine[][],
  coders: readonly string[],
  pair: readonly [string, string] | null,
): ClassAgreement {
  const marks = (line: LabelLine | undefined) => line?.labels.some((label) => label.class === name);
  const table = runs.map((readings) =>
    coders.map((coder) => marks(readings.find((reading) => reading.coder === coder))),
  );
  const pairs = pair === null ? [] : runs.flatMap((readings) => pairOf(readings, pair, marks));
  return {
    class: name,
    marked: table.filter((row) => row.includes(true)).length,
    kappa: estimateKappa(pairs),
    alpha: estimateAlpha(table),
    stepAlpha: estimateAlpha(runs.flatMap((readings) => stepUnits(name, readings, coders))),
  };
}

function pairOf(
  readings: readonly LabelLine[],
  [left, right]: readonly [string, string],
  marks: (line: LabelLine | undefined) => boolean | undefined,
): (readonly [boolean, boolean])[] {
  const first = marks(readings.find((reading) => reading.coder === left));
  const second = marks(readings.find((reading) => reading.coder === right));
  return first === undefined || second === undefined ? [] : [[first, second]];
}

function stepUnits(name: string, readings: readonly LabelLine[], coders: readonly string[]): (boolean | undefined)[][] {
  const ends = readings.flatMap((reading) => reading.labels.map((label) => label.end + 1));
  const steps = Math.max(0, ...readings.map((reading) => reading.steps ?? 0), ...ends);
  return Array.from({ length: steps }, (_, step) =>
    coders.map((coder) => {
      const reading = readings.find((candidate) => candidate.coder === coder);
      return reading?.labels.some((label) => label.class === name && covers(label, step));
    }),
  );
}

function covers(label: CodedLabel, step: number): boolean {
  return label.start <= step && step <= label.end;
}

/** The agreement as text. */
export function writeAgreement(report: AgreementReport): string {
  if (report.runs === 0) return 'No run was read by two coders yet.\n';
  const rows = report.classes.map((one) => [
    one.class,
    formatCount(one.marked),
    write(one.kappa),
    write(one.alpha),
    write(one.stepAlpha),
  ]);
  const pair = report.pair ? report.pair.join(' and ') : 'no pair';
  const title = `Agreement of ${report.coders.join(', ')} on ${formatCount(report.runs)} runs that two or more read`;
  const note = `kappa: Cohen's, ${pair}. alpha: Krippendorff's, all coders. – where nobody or everybody marked all. Labels of confidence 0.5 and more count.`;
  return `${drawTable(title, ['', 'marked', 'kappa (runs)', 'alpha (runs)', 'alpha (steps)'], rows)}\n${note}\n`;
}

function write({ value, n, interval }: Agreement): string {
  if (value === null) return `– (n = ${formatCount(n)})`;
  const bounds = interval === null ? '' : ` [${interval[0].toFixed(2)}, ${interval[1].toFixed(2)}]`;
  return `${value.toFixed(2)}${bounds} (n = ${formatCount(n)})`;
}

/** The runs on which two coders differ in the classes they gave, or in where one begins by more than two steps. */
export function findDisagreements(lines: readonly LabelLine[], codes: readonly Code[]): string[] {
  const own = lines
    .filter((line) => line.coder !== adjudicated && !line.isDraft)
    .map((line) => resolveLabels(line, codes));
  return [...groupByRun(own)].filter(([, readings]) => readings.length >= 2 && differs(readings)).map(([key]) => key);
}

function differs(readings: readonly LabelLine[]): boolean {
  const [first, ...rest] = readings;
  return rest.some((other) => {
    if (first === undefined || first.labels.length !== other.labels.length) return true;
    return hasUnmatched(first.labels, other.labels) || hasUnmatched(other.labels, first.labels);
  });
}

function hasUnmatched(labels: readonly CodedLabel[], others: readonly CodedLabel[]): boolean {
  return labels.some(
    (label) => !others.some((twin) => twin.class === label.class && Math.abs(twin.start - label.start) <= 2),
  );
}
