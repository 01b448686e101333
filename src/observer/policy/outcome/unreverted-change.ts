import type { Verdict } from '../../../core/types.ts';
import { commandArgument, pathArgument } from '../../step/files/argument-names.ts';
import { replacementsOf } from '../../step/files/edit-texts.ts';
import type { NormalizedCall, NormalizedStep } from '../../step/normalized-step.ts';

/** What a misbehaviour leaves on the disk: it goes on, whatever the agent does next, until that file is taken back. */
export type UnrevertedChange = {
  /** Whether the file is changed as of the steps that were followed. */
  readonly isThere: () => boolean;
  /** `isEvidence`: the misbehaviour was in this step. */
  readonly follow: (step: NormalizedStep, isEvidence: boolean) => void;
};

/** Follows the file that a verdict names: one changed against the user's words, or a test that was weakened. Else nothing stands. */
export function followUnrevertedChange(verdict: Verdict): UnrevertedChange {
  const file = fileOf(verdict);
  let isThere = false;
  const texts = new Set<string>();
  if (file === undefined) return { isThere: () => false, follow: () => {} };
  return {
    isThere: () => isThere,
    follow: (step, isEvidence) => {
      if (step.calls.some((call) => takesBack(call, file, texts))) isThere = false;
      else if (isEvidence && hasActed(step)) {
        isThere = true;
        for (const call of step.calls) for (const { before } of replacementsOf(call)) texts.add(before);
      }
    },
  };
}

function fileOf({ detector, evidence }: Verdict): string | undefined {
  const pattern =
    detector === 'constraint' ? /this touches (\S+)$/ : detector === 'test-tampering' ? / in (\S+)$/ : undefined;
  const named = pattern?.exec(evidence)?.[1];
  return named !== undefined && /[./]/.test(named) ? named : undefined;
}

/** Nothing in the step was kept from acting, and something in it changes files. */
function hasActed({ calls }: NormalizedStep): boolean {
  const isRefused = calls.some(({ errorKind }) => errorKind === 'blocked' || errorKind === 'denied');
  return !isRefused && calls.some(({ act, isError }) => act === 'shell' || (!isError && /edit|write/.test(act)));
}

function takesBack(call: NormalizedCall, file: string, texts: ReadonlySet<string>): boolean {
  if (call.isError) return false;
  if (call.act === 'edit') return replacementsOf(call).some(({ after }) => texts.has(after)) && names(call, file);
  const command = commandArgument(call.input) ?? '';
  if (!/\bgit\s+(?:checkout|restore|stash|revert|reset)\b/.test(command)) return false;
  return command.includes(baseName(file)) || /\b(?:stash|revert|--hard)\b|\s(?:--\s+)?\.(?:\s|$)/.test(command);
}

function names(call: NormalizedCall, file: string): boolean {
  const path = pathArgument(call.input);
  return path !== undefined && baseName(path) === baseName(file);
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
