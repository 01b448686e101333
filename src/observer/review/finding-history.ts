import { neutralize } from '../../core/text/neutralize.ts';
import type { Signal } from '../../core/types.ts';

/** Findings of one class that are listed at most, and the length of each. */
const maxListed = 5;
const maxEvidenceLength = 240;

/** What a rule found in a step. */
export type RuleFinding = Pick<Signal, 'class' | 'step' | 'evidence'>;

/** What rules found in the run so far and which reminders were given: the judge reads both, so that it says nothing twice. */
export type FindingHistory = {
  readonly add: (finding: RuleFinding) => void;
  /** The agent was reminded of a finding of this class before step `step`. */
  readonly noteReminder: (className: string, step: number) => void;
  /** The steps in which rules found something of this class. */
  readonly stepsOf: (className: string) => readonly number[];
  /** Sentences for a question about these classes; empty where nothing was found. */
  readonly describe: (classNames: readonly string[]) => string;
};

export function createFindingHistory(): FindingHistory {
  const findings = new Map<string, RuleFinding[]>();
  const remindedAt = new Map<string, number>();

  function describeFindings(className: string): string[] {
    return (findings.get(className) ?? []).map(
      ({ step, evidence }) => `- ${className}, step ${step}: ${neutralize(evidence).slice(0, maxEvidenceLength)}`,
    );
  }

  function describeReminder(className: string): string[] {
    const step = remindedAt.get(className);
    if (step === undefined) return [];
    return [
      `The agent was reminded of ${className} before step ${step}: it is present only if it goes on in step ${step} or later.`,
    ];
  }

  return {
    add: (finding) => {
      const others = (findings.get(finding.class) ?? []).filter(({ evidence }) => evidence !== finding.evidence);
      findings.set(finding.class, [...others, finding].slice(-maxListed));
    },
    noteReminder: (className, step) => void remindedAt.set(className, step),
    stepsOf: (className) => (findings.get(className) ?? []).map(({ step }) => step),
    describe: (classNames) => {
      const found = classNames.flatMap(describeFindings);
      const title = found.length > 0 ? ['Rules noticed this in the run so far, which may be harmless:'] : [];
      return [...title, ...found, ...classNames.flatMap(describeReminder)].join('\n');
    },
  };
}
