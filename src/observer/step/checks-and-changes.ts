import { isOfKind } from '../ledger/files.ts';
import { featuresOf } from './features.ts';
import type { NormalizedCall, NormalizedStep } from './normalized-step.ts';

/** What the transcript shows of changes and checks since the user last spoke. Step indexes; undefined for none. */
export type ChecksAndChanges = {
  /** The last change of code. */
  lastEdit: number | undefined;
  /** The last check after that change: a test run, a build, a run of the program. */
  lastCheck: number | undefined;
  /** Whether the last run of tests failed, wherever it stands. */
  isLastTestRed: boolean;
  lastTest: number | undefined;
};

/** Follows changes and checks over the steps of a turn. */
export function followChecksAndChanges(): { feed: (step: NormalizedStep) => void; read: () => ChecksAndChanges } {
  let evidence = newEvidence();
  return {
    feed: (step) => {
      if (step.userTexts.length > 0) evidence = newEvidence();
      for (const call of step.calls) note(evidence, call, step.index);
    },
    read: () => evidence,
  };
}

function newEvidence(): ChecksAndChanges {
  return { lastEdit: undefined, lastCheck: undefined, isLastTestRed: false, lastTest: undefined };
}

/** A call that was kept from running shows neither red nor green; as a check it was tried, and that is all the agent could do. */
const neverRan: ReadonlySet<string> = new Set(['blocked', 'denied', 'aborted', 'cancelled']);

function note(evidence: ChecksAndChanges, call: NormalizedCall, step: number): void {
  const { isChange, path, shell, commands } = featuresOf(call);
  if (isChange && isCode(path ?? commands.flatMap((command) => command.writes.map((write) => write.path)).at(-1))) {
    evidence.lastEdit = step;
    evidence.lastCheck = undefined;
  }
  const runs = commands.some(
    (command) =>
      command.words.length > 0 &&
      /^(?:python|node|npm|npx|yarn|pnpm|pytest|go|cargo|make|mvn|gradle|java|ruby|bash|sh|php|dotnet|tsc|gcc|g\+\+|clang)/.test(
        command.words[0]!.replace(/^.*\//, ''),
      ),
  );
  if (shell === 'test' || shell === 'run' || runs || isCheckTool(call)) evidence.lastCheck = step;
  const hasRun = call.errorKind === undefined || !neverRan.has(call.errorKind);
  if (hasRun && (shell === 'test' || isCheckTool(call))) {
    evidence.lastTest = step;
    evidence.isLastTestRed = call.isError || saysRed(call.output);
  }
}

function isCheckTool(call: NormalizedCall): boolean {
  return /test|diagnos|lint|check|build/i.test(call.name) && call.act === 'other';
}

/** Whether a test run's summary counts failures, though its exit code was lost in a pipe. */
function saysRed(output: string): boolean {
  return /\b[1-9]\d* (?:failed|failing|failures?|errors?)\b|^(?:#|ℹ) fail [1-9]|^(?:--- )?FAIL\b|^FAILED\b|\bTests failed\b|\bFAILURES!/m.test(
    output.slice(-1500),
  );
}

/** A change of these files can be checked by running something. */
function isCode(path: string | undefined): boolean {
  return (
    path !== undefined &&
    /\.(?:[cm]?[jt]sx?|py|rb|php|go|rs|java|kt|c|cc|cpp|h|hpp|cs|swift|scala|sh|pl|lua|ex|exs|dart|sql|vue|svelte)$/i.test(
      path,
    ) &&
    !isOfKind(path, 'documentation')
  );
}
