import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { UserError } from '../../core/errors.ts';
import type { EvaluationReport } from './evaluation.ts';

const limitsSchema = z.strictObject({
  precision: z.number().optional(),
  recall: z.number().optional(),
  f1: z.number().optional(),
  withinOneStep: z.number().optional(),
  medianDelay: z.number().optional(),
  falsePositivesPer100CleanRuns: z.number().optional(),
});

const failUnderSchema = z.strictObject({
  classes: z.record(z.string(), limitsSchema).default({}),
  /** Largest share (0..1) of passing runs with any reminder. */
  passingRunsShare: z.number().optional(),
  /** Smallest share of broken rules that are caught in time, largest share of other runs flagged. */
  rulesCaughtShare: z.number().optional(),
  rulesOthersShare: z.number().optional(),
  /** Smallest share of core cases as expected, largest count of negatives flagged. */
  casesShare: z.number().optional(),
  casesNegatives: z.number().optional(),
  stepMicrosecondsP99: z.number().optional(),
  /** Largest mean squared error of the scores, smallest area under their curve. */
  scoreBrier: z.number().optional(),
  scoreAuc: z.number().optional(),
});

export type FailUnder = z.output<typeof failUnderSchema>;

/** Figures for this one are to stay at or below its limit; all others at or above. */
const upperLimits: ReadonlySet<string> = new Set(['medianDelay', 'falsePositivesPer100CleanRuns']);

/** Reads a file of limits. Throws UserError when it isn't one. */
export async function readFailUnder(file: string): Promise<FailUnder> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UserError(`There is no file ${file} for --fail-under; check the path.`);
  });
  const parsed = failUnderSchema.safeParse(parseJson(text));
  if (!parsed.success)
    throw new UserError(`${file} is not a file of limits for --fail-under: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One sentence for each limit that the report does not keep; a figure that can't be had does not keep it either. */
export function findFailures(report: EvaluationReport, limits: FailUnder): string[] {
  const failures: string[] = [];
  const atLeast = (name: string, value: number | null, limit: number | undefined) => {
    if (limit !== undefined && (value === null || value < limit))
      failures.push(`${name} is ${value ?? 'not known'}, below ${limit}`);
  };
  const atMost = (name: string, value: number | null, limit: number | undefined) => {
    if (limit !== undefined && (value === null || value > limit))
      failures.push(`${name} is ${value ?? 'not known'}, above ${limit}`);
  };
  for (const [className, classLimits] of Object.entries(limits.classes)) {
    const figures = report.classes[className];
    for (const key of limitsSchema.keyof().options) {
      const check = upperLimits.has(key) ? atMost : atLeast;
      check(`${key} of ${className}`, figures?.[key] ?? null, classLimits[key]);
    }
  }
  const { rules, cases, passingRuns, stepMicroseconds, calibration } = report;
  atMost('the share of passing runs with a reminder', passingRuns.share, limits.passingRunsShare);
  atLeast('the share of rule breaks caught in time', part(rules.caughtInTime, rules.broken), limits.rulesCaughtShare);
  atMost('the share of other runs flagged', part(rules.othersFlagged, rules.others), limits.rulesOthersShare);
  atLeast('the share of core cases as expected', part(cases.asExpected, cases.core), limits.casesShare);
  atMost('the count of negative cases flagged', cases.negativesFlagged, limits.casesNegatives);
  atMost("the scores' mean squared error", calibration.brier, limits.scoreBrier);
  atLeast('the area under the curve of the scores', calibration.auc, limits.scoreAuc);
  atMost('the 99th percentile of the time per step', stepMicroseconds.p99, limits.stepMicrosecondsP99);
  return failures;
}

function part(count: number, whole: number): number | null {
  return whole === 0 ? null : count / whole;
}
