import { isOfKind } from '../../ledger/check/file-sets.ts';
import type { SimpleCommand } from '../../shell/simple-commands.ts';
import { featuresOf } from '../features.ts';
import { fileReplacementsOf } from '../files/edit-texts.ts';
import { changesOnlyComments } from '../files/relaxation.ts';
import type { NormalizedCall, NormalizedStep } from '../normalized-step.ts';
import { checkOutcomeOf, runsNothing } from './check-outcome.ts';

/** What the transcript shows of changes and checks since the user last spoke. Step indexes; undefined for none. */
export type ChecksAndChanges = {
  /** The last change of code. */
  lastEdit: number | undefined;
  /** The last check after that change: a test run, a build, a run of the program. */
  lastCheck: number | undefined;
  /** Whether the last run of tests failed, wherever it is. */
  isLastTestRed: boolean;
  lastTest: number | undefined;
  /** The files of code changed since the last check, at most fifty. */
  unchecked: readonly string[];
};

/** Follows changes and checks: over the steps of a turn, or with `isAcrossTurns` until they are forgotten. */
export function followChecksAndChanges({ isAcrossTurns = false } = {}): {
  readonly feed: (step: NormalizedStep) => void;
  readonly read: () => ChecksAndChanges;
  readonly forget: () => void;
} {
  let evidence = newEvidence();
  return {
    feed: (step) => {
      if (step.userTexts.length > 0 && !isAcrossTurns) evidence = newEvidence();
      for (const call of step.calls) note(evidence, call, step.index);
    },
    read: () => evidence,
    forget: () => {
      evidence = newEvidence();
    },
  };
}

function newEvidence(): ChecksAndChanges {
  return { lastEdit: undefined, lastCheck: undefined, isLastTestRed: false, lastTest: undefined, unchecked: [] };
}

function note(evidence: ChecksAndChanges, call: NormalizedCall, step: number): void {
  const { isChange, shell, command, commands } = featuresOf(call);
  const changed = isChange ? changedCode(call) : [];
  if (changed.length > 0) {
    evidence.lastEdit = step;
    evidence.lastCheck = undefined;
    evidence.unchecked = [...new Set([...evidence.unchecked, ...changed])].slice(-50);
  }
  const outcome = checkOutcomeOf(call);
  if (
    outcome !== undefined ||
    ((shell === 'test' || shell === 'run' || commands.some(isRunner)) && !runsNothing(command))
  )
    noteCheck(evidence, step);
  if (outcome?.isTest && outcome.verdict !== 'unknown') {
    evidence.lastTest = step;
    evidence.isLastTestRed = outcome.verdict === 'red';
  }
}

const runner =
  /^(?:python|node|npm|npx|yarn|pnpm|pytest|go|cargo|make|mvn|gradle|java|ruby|bash|sh|php|dotnet|tsc|gcc|g\+\+|clang)/;

function isRunner({ words: [program] }: SimpleCommand): boolean {
  return program !== undefined && runner.test(program.replace(/^.*\//, ''));
}

function noteCheck(evidence: ChecksAndChanges, step: number): void {
  evidence.lastCheck = step;
  evidence.unchecked = [];
}

const known = new WeakMap<NormalizedCall, readonly string[]>();

/** The files of a change that can be checked by running something, of more than their comments. Read once a call, for all who follow changes. */
function changedCode(call: NormalizedCall): readonly string[] {
  const changed = known.get(call) ?? readChangedCode(call);
  known.set(call, changed);
  return changed;
}

function readChangedCode(call: NormalizedCall): readonly string[] {
  const edits = call.act === 'edit' ? fileReplacementsOf(call) : [];
  if (edits.length > 0)
    return edits.filter((edit) => isCode(edit.path) && !changesOnlyComments(edit)).map((edit) => edit.path);
  const { path, commands } = featuresOf(call);
  const file = path ?? commands.flatMap(({ writes }) => writes.map((write) => write.path)).at(-1);
  return file !== undefined && isCode(file) ? [file] : [];
}

/** A change of these files can be checked by running something. */
function isCode(path: string): boolean {
  return (
    /\.(?:[cm]?[jt]sx?|py|rb|php|go|rs|java|kt|c|cc|cpp|h|hpp|cs|swift|scala|sh|pl|lua|ex|exs|dart|sql|vue|svelte)$/i.test(
      path,
    ) && !isOfKind(path, 'documentation')
  );
}
