import { join } from 'node:path';
import type { DiffLine, ResultView } from '../../core/screen/result-view.ts';

/** A unified diff as views, one a file; git ends a name with a blank in it by a tab. Lines keep their numbers in the old and the new file. */
export function patchViews(patch: string, folder: string): ResultView[] {
  return patch
    .split(/^(?=diff --git )/m)
    .filter((part) => part.startsWith('diff --git '))
    .map((part) => viewOf(part, folder));
}

function viewOf(part: string, folder: string): ResultView {
  const title =
    part.match(/^\+\+\+ b\/(.*?)\t?$/m)?.[1] ??
    part.match(/^--- a\/(.*?)\t?$/m)?.[1] ??
    part.match(/^diff --git a\/(.*?) b\//)?.[1] ??
    'file';
  const lines: DiffLine[] = [];
  let old = 0;
  let fresh = 0;
  for (const line of part.split('\n')) {
    const hunk = line.match(/^@@ -(\d+)(?:,\d+)? \+(\d+)/);
    if (hunk) {
      old = Number(hunk[1]);
      fresh = Number(hunk[2]);
    } else if (old === 0 && fresh === 0) {
    } else if (line.startsWith('+')) lines.push({ kind: 'add', new: fresh++, text: line.slice(1) });
    else if (line.startsWith('-')) lines.push({ kind: 'remove', old: old++, text: line.slice(1) });
    else if (line.startsWith(' ')) lines.push({ kind: 'same', old: old++, new: fresh++, text: line.slice(1) });
  }
  const countOf = (kind: DiffLine['kind']) => lines.filter((line) => line.kind === kind).length;
  return { kind: 'diff', title, path: join(folder, title), lines, added: countOf('add'), removed: countOf('remove') };
}
