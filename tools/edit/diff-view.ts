import type { DiffLine, ResultView } from '../../src/core/screen/result-view.ts';
import { showUndecoded } from '../file/codec.ts';
import { diffViewLines } from '../shared/limits.ts';
import { gitHunks } from './git-hunks.ts';

const contextLines = 3;
/** Beyond this many changed lines git compares, which is faster. */
const comparedEdits = 2000;
/** As it does after this time, in milliseconds. */
const comparingMs = 500;

/**
 * The view of a change of a file: numbered lines with three lines around each change; the counts are of the whole change. At most `most`
 * lines: a question shows all of a change, a result that is kept its beginning.
 */
export async function makeDiffView(
  title: string,
  path: string,
  before: string,
  after: string,
  most = diffViewLines,
): Promise<ResultView> {
  const { structuredPatch } = await import('diff');
  const old = showUndecoded(before).replaceAll('\r\n', '\n');
  const now = showUndecoded(after).replaceAll('\r\n', '\n');
  const bounds = { maxEditLength: comparedEdits, timeout: comparingMs };
  const patch = structuredPatch('', '', old, now, '', '', { context: contextLines, ...bounds });
  const hunks = patch?.hunks ?? (await gitHunks(old, now, contextLines)) ?? [wholeHunk(old, now)];
  const lines: DiffLine[] = [];
  let added = 0;
  let removed = 0;
  for (const hunk of hunks) {
    let oldLine = hunk.oldStart;
    let newLine = hunk.newStart;
    for (const line of hunk.lines) {
      const text = line.slice(1);
      if (line.startsWith('+')) {
        added += 1;
        lines.push({ kind: 'add', new: newLine, text });
        newLine += 1;
      } else if (line.startsWith('-')) {
        removed += 1;
        lines.push({ kind: 'remove', old: oldLine, text });
        oldLine += 1;
      } else if (line.startsWith(' ')) {
        lines.push({ kind: 'same', old: oldLine, new: newLine, text });
        oldLine += 1;
        newLine += 1;
      }
    }
  }
  return { kind: 'diff', title, path, lines: lines.slice(0, most), added, removed };
}

/** Every line between the first and the last difference, where there is no git to ask. */
function wholeHunk(before: string, after: string): { oldStart: number; newStart: number; lines: string[] } {
  const old = before.split('\n');
  const now = after.split('\n');
  let head = 0;
  while (head < Math.min(old.length, now.length) && old[head] === now[head]) head += 1;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
  const removed = old.slice(head, old.length - tail).map((line) => `-${line}`);
  const added = now.slice(head, now.length - tail).map((line) => `+${line}`);
  return { oldStart: head + 1, newStart: head + 1, lines: [...removed, ...added] };
}
