import { lastSteps, makeSignal } from '../../signal.ts';
import { featuresOf } from '../../step/features.ts';
import { textArgument } from '../../step/files/argument-names.ts';
import { type FileReplacement, fileReplacementsOf } from '../../step/files/edit-texts.ts';
import { fileTouchesOf } from '../../step/files/file-touches.ts';
import { hashText } from '../../step/hash.ts';
import type { Detector, NormalizedCall, NormalizedStep } from '../../step/normalized-step.ts';
import type { DetectorSettings } from '../detector-settings.ts';

type Edit = { readonly path: string; isUndone: boolean; steps: number[]; remade: number; hasFired: boolean };

const remembered = 64;

/**
 * The same edit made, undone and made again: a replacement and its reverse, whole contents that come back, or an edit
 * that is made anew after version control had put its file back (observer lesson 3). Fires when an edit was remade
 * `times` times. To take a fix out once, see the test turn red and put it back is good practice, and stays below that.
 */
export function createEditUndo(settings: DetectorSettings['edit-undo']): Detector {
  const edits = new Map<number, Edit>();

  const observe = (change: RecordedEdit, step: NormalizedStep) => {
    const undone = change.undoes === undefined ? undefined : edits.get(change.undoes);
    if (undone !== undefined) undone.isUndone = true;
    if (change.replaces)
      for (const [key, other] of edits) if (other.path === change.path && key !== change.key) other.isUndone = true;
    const edit = edits.get(change.key) ?? { path: change.path, isUndone: false, steps: [], remade: 0, hasFired: false };
    edits.delete(change.key);
    edits.set(change.key, edit);
    if (edits.size > remembered) edits.delete(edits.keys().next().value!);
    if (edit.isUndone) edit.remade += 1;
    edit.isUndone = false;
    edit.steps.push(step.index);
    if (edit.hasFired || edit.remade < settings.times) return [];
    edit.hasFired = true;
    return [describe(step, edit)];
  };

  return {
    name: 'edit-undo',
    feed: (step) => {
      if (step.isLossy) return [];
      return step.calls.flatMap((call) => {
        if (!featuresOf(call).isChange) return [];
        markRestored(call, edits);
        return changesOf(call)
          .flatMap((change) => observe(change, step))
          .slice(0, 1);
      });
    },
  };
}

type RecordedEdit = {
  readonly path: string;
  readonly key: number;
  /** The key of the edit that it takes back. */
  readonly undoes?: number;
  readonly replaces: boolean;
};

/** The edits of a call, each for itself: one call may take one back and make another. */
function changesOf(call: NormalizedCall): RecordedEdit[] {
  const { path } = featuresOf(call);
  const replacements = call.act === 'edit' ? fileReplacementsOf(call) : [];
  if (replacements.length > 0) return replacements.map(recordOf);
  const content = textArgument(call.input, ['content', 'file_text', 'contents']);
  return path === undefined || content === undefined
    ? []
    : [{ path, key: hashText(`${path}\u0000${content}`), replaces: true }];
}

function recordOf({ path, before, after }: FileReplacement): RecordedEdit {
  const [old, fresh] = [hashText(before), hashText(after)];
  const keyOf = (from: number, to: number) => hashText(`${path}\u0000${from}\u0000${to}`);
  return { path, key: keyOf(old, fresh), undoes: keyOf(fresh, old), replaces: false };
}

/** `git checkout file` and `git stash` undo the edits of what they put back. */
function markRestored(call: NormalizedCall, edits: ReadonlyMap<number, Edit>): void {
  const { shell, commands } = featuresOf(call);
  if (shell !== 'change' || edits.size === 0 || !commands.some((one) => one.words.includes('git'))) return;
  for (const touch of fileTouchesOf(call)) {
    if (touch.how !== 'restore') continue;
    for (const edit of edits.values()) if (touch.path === '.' || edit.path.endsWith(touch.path)) edit.isUndone = true;
  }
}

function describe(step: NormalizedStep, edit: Edit) {
  return makeSignal({
    detector: 'edit-undo',
    class: 'infinite-loop',
    step: step.index,
    confidence: 0.85,
    evidenceSteps: lastSteps(edit.steps, 6),
    evidence: `the same edit of ${edit.path.slice(-80)} was made ${edit.steps.length} times and undone in between`,
    streak: `${edit.path.slice(-80)}:${edit.steps[0]}`,
  });
}
