import { featuresOf } from '../features.ts';
import type { NormalizedStep } from '../normalized-step.ts';
import { checkOutcomeOf } from './check-outcome.ts';

/** The last green run of tests in a step: the step's index, and the command. */
export function findGreen({
  index,
  calls,
}: NormalizedStep): { readonly step: number; readonly check: string } | undefined {
  const green = calls.findLast((call) => {
    const outcome = checkOutcomeOf(call);
    return outcome?.isTest && outcome.verdict === 'green';
  });
  return green && { step: index, check: featuresOf(green).command?.slice(0, 80) ?? green.name };
}
