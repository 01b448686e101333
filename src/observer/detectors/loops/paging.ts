import { lastSteps, makeSignal } from '../../signal.ts';
import { featuresOf } from '../../step/features.ts';
import { type ReadRange, readRangeOf } from '../../step/files/read-range.ts';
import type { Detector, NormalizedCall, NormalizedStep } from '../../step/normalized-step.ts';
import { createStepProgress } from '../../step/step-progress.ts';
import type { DetectorSettings } from '../detector-settings.ts';

type Known = { ranges: { from: number; to: number }[]; stale: number[] };

const rememberedFiles = 32;
const rememberedRanges = 64;

/**
 * Reading one file again and again without frontier growth: `times` reads of lines that were read before, no change in
 * between (the offsets vary, so comparing calls finds nothing); and paging through one file, `pages` reads in a row of
 * nothing else, where a search would do (one field report: 164 reads of one file, $7.83). Looking at a place twice is
 * normal, so a few re-reads say nothing.
 */
export function createPaging(settings: DetectorSettings['paging']): Detector {
  const files = new Map<string, Known>();
  const fired = new Set<string>();
  const hasProgress = createStepProgress();
  let inRow = { path: '', count: 0, firstStep: 0 };

  const observe = (range: ReadRange, step: NormalizedStep) => {
    const known = recall(files, range.path);
    if (isCovered(range, known.ranges)) known.stale = [...known.stale, step.index].slice(-rememberedRanges);
    else known.stale = known.stale.slice(-1);
    known.ranges.push({ from: range.from, to: range.to });
    if (known.ranges.length > rememberedRanges) known.ranges.shift();
    inRow =
      inRow.path === range.path
        ? { ...inRow, count: inRow.count + 1 }
        : { path: range.path, count: 1, firstStep: step.index };
    if (known.stale.length >= settings.times && once(fired, `${range.path}:again`))
      return [describeAgain(step, range.path, known.stale)];
    if (inRow.count >= settings.pages && once(fired, `${range.path}:pages`)) return [describePages(step, inRow)];
    return [];
  };

  return {
    name: 'paging',
    feed: (step) => {
      if (step.isLossy || step.calls.length === 0) return [];
      if (hasProgress(step)) {
        files.clear();
        fired.clear();
      }
      // What failed has shown no lines.
      const ranges = step.calls.filter((call) => !hasFailed(call)).map(readRangeOf);
      if (ranges.some((range) => range === undefined)) inRow = { path: '', count: 0, firstStep: 0 };
      return ranges.flatMap((range) => (range === undefined ? [] : observe(range, step)));
    },
  };
}

function hasFailed(call: NormalizedCall): boolean {
  return call.isError || featuresOf(call).failure !== undefined;
}

function once(set: Set<string>, key: string): boolean {
  if (set.has(key)) return false;
  if (set.size > 200) set.clear();
  set.add(key);
  return true;
}

function recall(files: Map<string, Known>, path: string): Known {
  const known = files.get(path) ?? { ranges: [], stale: [] };
  files.delete(path);
  files.set(path, known);
  if (files.size > rememberedFiles) files.delete(files.keys().next().value!);
  return known;
}

/**
 * Whether these lines were all read before, by one read or by several that touch. Whole-file reads cover only each
 * other: tools shorten what is long.
 */
function isCovered(
  { from, to }: { from: number; to: number },
  ranges: readonly { from: number; to: number }[],
): boolean {
  if (to === Infinity) return ranges.some((range) => range.to === Infinity && range.from <= from);
  let next = from;
  for (let passes = 0; passes < ranges.length && next <= to; passes += 1) {
    const range = ranges.find((one) => one.to !== Infinity && one.from <= next && one.to >= next);
    if (range === undefined) return false;
    next = range.to + 1;
  }
  return next > to;
}

function describeAgain(step: NormalizedStep, path: string, stale: readonly number[]) {
  return makeSignal({
    detector: 'paging',
    class: 'infinite-loop',
    step: step.index,
    confidence: 0.8,
    evidenceSteps: lastSteps(stale, 6),
    evidence: `${stale.length} reads of ${path.slice(-80)} only showed lines that were read before`,
    streak: `${path.slice(-80)}:${stale[0]}`,
  });
}

function describePages(step: NormalizedStep, row: { path: string; count: number; firstStep: number }) {
  return makeSignal({
    detector: 'paging',
    class: 'infinite-loop',
    step: step.index,
    confidence: 0.75,
    evidenceSteps: [row.firstStep, step.index],
    evidence: `${row.count} reads in a row paged through ${row.path.slice(-80)}`,
    streak: `${row.path.slice(-80)}:pages:${row.firstStep}`,
  });
}
