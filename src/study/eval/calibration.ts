import type { Score } from '../../core/run/score-facts.ts';

/** Runs with the same facts: what the score says of them, and how many passed. */
export type CalibrationRow = Pick<Score, 'ending' | 'lastCheck' | 'trouble' | 'words'> & {
  readonly estimate: number;
  readonly runs: number;
  readonly passed: number;
};

/** How well the score says which runs passed. null: nothing to divide by. */
export type Calibration = {
  readonly runs: number;
  readonly passed: number;
  /** Mean squared error of the estimates (Brier 1950): 0 is perfect, 0.25 is a coin. */
  readonly brier: number | null;
  /** The same if each run were given the share of all that passed. */
  readonly brierOfShare: number | null;
  /** The chance that a run that passed has a higher score than one that did not. */
  readonly auc: number | null;
  readonly rows: readonly CalibrationRow[];
};

/** Collects scores against outcomes; memory does not grow with the number of runs. */
export function createCalibration(): {
  readonly add: (score: Score, hasPassed: boolean) => void;
  readonly report: () => Calibration;
} {
  const rows = new Map<string, CalibrationRow>();
  return {
    add: ({ ending, lastCheck, trouble, words, value }, hasPassed) => {
      const key = `${ending}/${lastCheck}/${trouble}/${words}`;
      const row = rows.get(key) ?? { ending, lastCheck, trouble, words, estimate: value, runs: 0, passed: 0 };
      rows.set(key, { ...row, runs: row.runs + 1, passed: row.passed + Number(hasPassed) });
    },
    report: () => summarize([...rows.values()].sort((left, right) => right.estimate - left.estimate)),
  };
}

function summarize(rows: readonly CalibrationRow[]): Calibration {
  const sum = (of: (row: CalibrationRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  const [runs, passed] = [sum((row) => row.runs), sum((row) => row.passed)];
  const share = runs === 0 ? 0 : passed / runs;
  const error = (guess: (row: CalibrationRow) => number) =>
    runs === 0
      ? null
      : sum((row) => row.passed * (1 - guess(row)) ** 2 + (row.runs - row.passed) * guess(row) ** 2) / runs;
  return {
    runs,
    passed,
    brier: error((row) => row.estimate),
    brierOfShare: error(() => share),
    auc: areaUnderCurve(rows, passed, runs - passed),
    rows,
  };
}

function areaUnderCurve(rows: readonly CalibrationRow[], passed: number, failed: number): number | null {
  if (passed === 0 || failed === 0) return null;
  let wins = 0;
  for (const high of rows)
    for (const low of rows) {
      const pairs = high.passed * (low.runs - low.passed);
      if (high.estimate > low.estimate) wins += pairs;
      else if (high.estimate === low.estimate) wins += pairs / 2;
    }
  return wins / (passed * failed);
}
