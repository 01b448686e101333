import { builtInClasses } from '../../observer/classes/taxonomy.ts';
import type { RunLabels } from '../input/trajectory.ts';
import { addJudgeCost, type JudgeTotal } from '../judge/judge-cost.ts';
import type { ReplayRecord } from '../replay/replay-batch.ts';
import { createHistogram } from '../report/histogram.ts';
import { type Calibration, createCalibration } from './calibration.ts';
import {
  addResult,
  type Figures,
  figuresOf,
  isCleanRun,
  isCounting,
  newTally,
  scoreClass,
  share,
  type Tally,
} from './score-class.ts';

/** What an evaluation found, of one dataset or of one group of its runs. */
export type EvaluationReport = {
  readonly runs: number;
  readonly steps: number;
  readonly labelledRuns: number;
  readonly cleanRuns: number;
  readonly passingRuns: { readonly runs: number; readonly withReminder: number; readonly share: number | null };
  /** By class, on what would have been said. */
  readonly classes: Readonly<Record<string, Figures>>;
  /** By detector, on its signals against the labels of the class it names. */
  readonly detectors: Readonly<Record<string, Figures & { readonly class: string }>>;
  /** Labelled class (row) against said class (column), in runs; `none` for neither. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly rules: {
    readonly broken: number;
    readonly caughtInTime: number;
    readonly others: number;
    readonly othersFlagged: number;
  };
  readonly cases: {
    readonly core: number;
    readonly asExpected: number;
    readonly negatives: number;
    readonly negativesFlagged: number;
  };
  /** What the judge cost, where it was asked. */
  readonly judge?: JudgeTotal;
  /** The score of each run against its known outcome. */
  readonly calibration: Calibration;
  readonly stepMicroseconds: {
    readonly median: number | null;
    readonly p99: number | null;
    readonly max: number | null;
  };
};

export type Evaluation = {
  readonly add: (record: ReplayRecord, labels: RunLabels | undefined) => void;
  readonly report: () => EvaluationReport;
};

/** Collects figures over replayed runs; memory does not grow with their number. */
export function createEvaluation(): Evaluation {
  const counts = { runs: 0, steps: 0, labelledRuns: 0, cleanRuns: 0, passing: 0, passingHit: 0 };
  const classes = new Map<string, Tally>(builtInClasses.map(({ name }) => [name, newTally()]));
  const detectors = new Map<string, { class: string; tally: Tally }>();
  const confusion: Record<string, Record<string, number>> = {};
  const rules = { broken: 0, caughtInTime: 0, others: 0, othersFlagged: 0 };
  const cases = { core: 0, asExpected: 0, negatives: 0, negativesFlagged: 0 };
  const histogram = createHistogram();
  /** Labelled runs in which a class is there to be found. */
  const present = new Map<string, number>();
  const calibration = createCalibration();
  let judge: JudgeTotal | undefined;

  function add(record: ReplayRecord, labels: RunLabels | undefined): void {
    const { result } = record;
    counts.runs += 1;
    counts.steps += result.steps;
    for (const microseconds of result.stepMicroseconds) histogram.add(microseconds);
    if (result.judge !== undefined) judge = addJudgeCost(judge, result.judge);
    if (record.expect !== undefined) addCase(record);
    addClasses(record, labels);
    addDetectors(record, labels);
    if (labels === undefined) return;
    if (typeof labels.success === 'boolean' && result.score !== undefined)
      calibration.add(result.score, labels.success);
    if (labels.misbehaviours !== undefined) addConfusion(record, labels);
    if (labels.ruleBroken !== undefined) addRule(record, labels);
    if (labels.success === true && labels.ruleBroken !== true && labels.ruleReverted !== true) {
      counts.passing += 1;
      if (result.reminders.length > 0) counts.passingHit += 1;
    }
  }

  function addClasses({ result }: ReplayRecord, labels: RunLabels | undefined): void {
    const clean = isCleanRun(labels);
    if (clean) counts.cleanRuns += 1;
    if (labels?.misbehaviours !== undefined) counts.labelledRuns += 1;
    for (const [name, tally] of classes) {
      const said = result.reminders.filter((reminder) => reminder.class === name);
      tally.findings += said.length;
      if (clean && said.length > 0) tally.cleanRunsHit += 1;
      const scored =
        labels?.misbehaviours === undefined ? undefined : scoreClass(name, labels.misbehaviours, result.reminders);
      if (scored === undefined) continue;
      addResult(tally, scored);
      present.set(name, (present.get(name) ?? 0) + scored.truePositives + scored.falseNegatives);
    }
  }

  function addDetectors({ result }: ReplayRecord, labels: RunLabels | undefined): void {
    const clean = isCleanRun(labels);
    for (const { detector, class: name } of result.signals) {
      if (!detectors.has(`${detector}/${name}`))
        detectors.set(`${detector}/${name}`, { class: name, tally: newTally() });
    }
    for (const [key, { class: name, tally }] of detectors) {
      const own = result.signals.filter((signal) => `${signal.detector}/${signal.class}` === key);
      tally.findings += own.length;
      if (clean && own.length > 0) tally.cleanRunsHit += 1;
      const scored = labels?.misbehaviours === undefined ? undefined : scoreClass(name, labels.misbehaviours, own);
      if (scored !== undefined) addResult(tally, scored);
    }
  }

  function addConfusion({ result }: ReplayRecord, labels: RunLabels): void {
    const labelled = new Set((labels.misbehaviours ?? []).filter(isCounting).map((label) => label.class));
    const said = new Set(result.reminders.map((reminder) => reminder.class));
    for (const row of labelled.size === 0 ? ['none'] : labelled) {
      for (const column of said.size === 0 ? ['none'] : said) {
        confusion[row] ??= {};
        confusion[row][column] = (confusion[row][column] ?? 0) + 1;
      }
    }
  }

  function addRule({ result }: ReplayRecord, labels: RunLabels): void {
    const steps = result.signals
      .filter((signal) => signal.class === 'did-not-follow-instructions')
      .map((signal) => signal.step);
    if (labels.ruleBroken) {
      rules.broken += 1;
      if (steps.some((step) => step <= (labels.firstBreakStep ?? Infinity))) rules.caughtInTime += 1;
    } else if (labels.ruleReverted !== true) {
      rules.others += 1;
      if (steps.length > 0) rules.othersFlagged += 1;
    }
  }

  function addCase({ expect, core, result }: ReplayRecord): void {
    if (expect === undefined || core !== true) return;
    const first = Math.min(...result.signals.map((signal) => signal.step));
    const isQuietEnough = expect.quietBefore !== true || first >= (expect.atStep ?? 0);
    const asExpected = expect.stuck ? first !== Infinity && isQuietEnough : first === Infinity;
    cases.core += 1;
    if (asExpected) cases.asExpected += 1;
    if (!expect.stuck) cases.negatives += 1;
    if (!expect.stuck && !asExpected) cases.negativesFlagged += 1;
  }

  return {
    add,
    report: () => ({
      runs: counts.runs,
      steps: counts.steps,
      labelledRuns: counts.labelledRuns,
      cleanRuns: counts.cleanRuns,
      passingRuns: {
        runs: counts.passing,
        withReminder: counts.passingHit,
        share: share(counts.passingHit, counts.passing),
      },
      classes: Object.fromEntries(
        [...classes].map(([name, tally]) => [name, figuresOf(tally, counts.cleanRuns, counts.steps)]),
      ),
      detectors: Object.fromEntries(
        [...detectors].sort().map(([key, { class: name, tally }]) => {
          tally.falseNegatives = (present.get(name) ?? 0) - tally.truePositives;
          return [key, { class: name, ...figuresOf(tally, counts.cleanRuns, counts.steps) }];
        }),
      ),
      confusion,
      rules,
      cases,
      ...(judge !== undefined && { judge }),
      calibration: calibration.report(),
      stepMicroseconds: { median: histogram.quantile(0.5), p99: histogram.quantile(0.99), max: histogram.quantile(1) },
    }),
  };
}
