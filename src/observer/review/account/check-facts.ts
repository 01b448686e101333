import { featuresOf } from '../../step/features.ts';
import type { NormalizedCall } from '../../step/normalized-step.ts';
import { baseName, oneLine } from './account-text.ts';
import { type CheckResult, readCheck } from './check-result.ts';

/** A check that ran. */
export type CheckFact = CheckResult & {
  readonly step: number;
  readonly command: string;
  /** The script that it ran, where the agent has written that in this run. */
  readonly ownScript?: string;
};

const maxChecks = 60;

/** The checks that ran, the last 60. `hasWritten`: whether the agent has written a script of this name itself. */
export function followCheckRuns(hasWritten: (name: string) => boolean) {
  const checks: CheckFact[] = [];
  return {
    add: (call: NormalizedCall, step: number): void => {
      const result = readCheck(call);
      if (result === undefined) return;
      const command = oneLine(featuresOf(call).command ?? call.name);
      const ownScript = scriptsRunBy(call).find((script) => hasWritten(baseName(script)));
      checks.push({ ...result, step, command, ...(ownScript !== undefined && { ownScript }) });
      if (checks.length > maxChecks) checks.shift();
    },
    checks: (): readonly CheckFact[] => checks,
  };
}

const interpreter = /^(?:python[\d.]*|node|deno|bun|ruby|php|perl|tsx|ts-node|bash|sh|go|Rscript)$/;

/** The files that a call gives to an interpreter. */
function scriptsRunBy(call: NormalizedCall): string[] {
  return featuresOf(call).commands.flatMap(({ words }) => {
    if (!interpreter.test(baseName(words[0] ?? ''))) return words[0]?.startsWith('./') ? [words[0]] : [];
    return words.slice(1).filter((word) => /\.\w+$/.test(word) && !word.startsWith('-'));
  });
}
