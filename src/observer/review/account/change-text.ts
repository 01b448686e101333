import { textArgument } from '../../step/files/argument-names.ts';
import { replacementsOf } from '../../step/files/edit-texts.ts';
import type { NormalizedCall } from '../../step/normalized-step.ts';

/** Lines that stay as they are, shown around a change. */
const context = 1;

/** A change as lines that begin with `-` and `+`; undefined for a call whose arguments hold no text before and after. */
export function describeChange(call: NormalizedCall): string | undefined {
  const replacements = replacementsOf(call);
  if (replacements.length > 0) return replacements.map(({ before, after }) => diffLines(before, after)).join('\n…\n');
  const written = call.act === 'write' || call.act === 'edit' ? contentOf(call) : undefined;
  return written
    ?.split('\n')
    .map((line) => `+${line}`)
    .join('\n');
}

/** Whether an edit replaces each occurrence of its text and not one. */
export function replacesEverywhere({ input }: NormalizedCall): boolean {
  const parts: readonly unknown[] = [input, ...(Array.isArray(input.edits) ? input.edits : [])];
  return parts.some(
    (part) =>
      typeof part === 'object' && part !== null && Object.entries(part).some(([name, value]) => isAll(name, value)),
  );
}

function isAll(name: string, value: unknown): boolean {
  return /^(?:replace_?all|all_?occurrences)$/i.test(name) && (value === true || value === 'true');
}

/** How many lines a change adds and takes away. */
export function countChangedLines(call: NormalizedCall): { readonly added: number; readonly removed: number } {
  const lines = describeChange(call)?.split('\n') ?? [];
  return {
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  };
}

function contentOf({ input }: NormalizedCall): string | undefined {
  return textArgument(input, ['content', 'contents', 'file_text', 'text', 'new_str', 'newText', 'insert_text']);
}

/** What differs between two texts, but for the lines that both begin and end with. */
function diffLines(before: string, after: string): string {
  const old = before.split('\n');
  const fresh = after.split('\n');
  const shorter = Math.min(old.length, fresh.length);
  let head = 0;
  while (head < shorter && old[head] === fresh[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]) tail += 1;
  const end = (lines: readonly string[]) => lines.length - tail;
  return [
    ...old.slice(Math.max(0, head - context), head).map((line) => ` ${line}`),
    ...innerDiff(old.slice(head, end(old)), fresh.slice(head, end(fresh))),
    ...old.slice(end(old), end(old) + context).map((line) => ` ${line}`),
  ].join('\n');
}

/** Lines that both middles hold are left out where there are many: what is new and what is gone is what matters. */
function innerDiff(old: readonly string[], fresh: readonly string[]): string[] {
  const kept = new Set(fresh.map((line) => line.trim()));
  const known = new Set(old.map((line) => line.trim()));
  const gone = old.filter((line) => !kept.has(line.trim()));
  const added = fresh.filter((line) => !known.has(line.trim()));
  const isMoved = gone.length + added.length === 0;
  return [...(isMoved ? old : gone).map((line) => `-${line}`), ...(isMoved ? fresh : added).map((line) => `+${line}`)];
}
