import { neutralize } from '../../core/neutralize.ts';
import type { Signal } from '../../core/types.ts';

/** Findings of one class that are told at most, and the length of each. */
const maxListed = 5;
const maxEvidenceLength = 240;

/** What a rule found in a step. */
export type Finding = Pick<Signal, 'class' | 'step' | 'evidence'>;

/** What rules found in the run so far and what was spoken of: the judge is not told of a run in which nothing was noticed when it was. */
export type FindingHistory = {
  readonly add: (finding: Finding) => void;
  /** A finding of this class was spoken of before step `step`. */
  readonly speak: (className: string, step: number) => void;
  /** Sentences for a question about a class; `known` is a finding that the question names anyway. */
  readonly describe: (className: string, known?: Finding) => string;
};

export function createFindingHistory(): FindingHistory {
  const findings = new Map<string, Finding[]>();
  const remindedAt = new Map<string, number>();

  function describeFindings(className: string, known: Finding | undefined): string {
    const earlier = (findings.get(className) ?? []).filter(({ evidence }) => evidence !== known?.evidence);
    if (earlier.length === 0) return '';
    const lines = earlier.map(
      ({ step, evidence }) => `- step ${step}: ${neutralize(evidence).slice(0, maxEvidenceLength)}`,
    );
    return `Rules found this of the class earlier in the run:\n${lines.join('\n')}`;
  }

  function describeSpoken(className: string): string {
    const step = remindedAt.get(className);
    if (step === undefined) return '';
    return `This class was found before step ${step} already: it is present only if it goes on in step ${step} or later, or still stands.`;
  }

  return {
    add: (finding) => {
      const others = (findings.get(finding.class) ?? []).filter(({ evidence }) => evidence !== finding.evidence);
      findings.set(finding.class, [...others, finding].slice(-maxListed));
    },
    speak: (className, step) => void remindedAt.set(className, step),
    describe: (className, known) => {
      const said = [describeFindings(className, known), describeSpoken(className)].filter((text) => text !== '');
      if (said.length > 0 || known !== undefined) return said.join('\n');
      return findings.size === 0 ? 'Nothing in particular was noticed.' : 'Rules found nothing of this class.';
    },
  };
}
