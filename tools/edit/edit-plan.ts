import type { ErrorKind } from '../../src/core/error-kind.ts';
import { ToolError } from '../../src/core/tool.ts';
import { applyChanges, differOnlyInEndings, lineAt, lineEnding, type TextChange } from './change.ts';
import { findMatches, type Matches } from './edit-match.ts';
import { showNearest } from './edit-near.ts';

export type Replacement = { readonly oldText: string; readonly newText: string; readonly all?: boolean | undefined };

/** What a list of replacements makes of a text. `notes` tell the model where a text was matched loosely. */
export type Plan = {
  readonly text: string;
  readonly changes: readonly TextChange[];
  readonly notes: readonly string[];
};

type Problem = { readonly kind: ErrorKind; readonly message: string };

/**
 * Plans all replacements against the text as it is, all or nothing. Throws a ToolError that names every replacement that can't be
 * made and why: not found (with the nearest real lines), found in several places (with the lines of each), overlapping, no change.
 */
export function planEdits(name: string, text: string, replacements: readonly Replacement[]): Plan {
  const problems: Problem[] = [];
  const notes: string[] = [];
  const changes: (TextChange & { readonly from: number })[] = [];
  replacements.forEach((replacement, index) => {
    const label = replacements.length === 1 ? 'oldText' : `edits[${index}].oldText`;
    const found = planOne(text, replacement, label);
    if ('kind' in found) problems.push(found);
    else {
      if (found.level !== 'exact') notes.push(`${label} was matched apart from ${found.level}`);
      changes.push(...found.changes.map((change) => ({ ...change, from: index })));
    }
  });
  changes.sort((left, right) => left.start - right.start || left.end - right.end);
  problems.push(...findOverlaps(text, changes));
  const [first] = problems;
  if (first)
    throw new ToolError(
      first.kind,
      `Nothing was changed in ${name}. ${problems.map(({ message }) => message).join('\n')}`,
    );
  const changed = applyChanges(text, changes);
  if (changed === text && replacements.some(({ oldText, newText }) => differOnlyInEndings(oldText, newText)))
    throw new ToolError(
      'bad-arguments',
      `Nothing was changed in ${name}: its line breaks are kept as they are (${lineEnding('', text) === '\n' ? 'LF' : 'CRLF'}). To convert them, use a command.`,
    );
  if (changed === text)
    throw new ToolError('bad-arguments', `Nothing was changed in ${name}: it already reads as newText wants.`);
  return { text: changed, changes, notes };
}

function planOne(text: string, { oldText, newText, all }: Replacement, label: string): Matches | Problem {
  if (oldText === newText)
    return { kind: 'bad-arguments', message: `${label} equals its newText, so there is nothing to do.` };
  const matches = findMatches(text, oldText, newText);
  if (matches.changes.length === 0) return { kind: 'edit-mismatch', message: describeMiss(text, oldText, label) };
  if (all) return { ...matches, changes: withoutOverlaps(matches.changes) };
  if (matches.changes.length === 1) return matches;
  const lines = matches.changes.map(({ start }) => lineAt(text, start));
  const shown = lines.length > 20 ? `${lines.slice(0, 20).join(', ')} and ${lines.length - 20} more` : lines.join(', ');
  return {
    kind: 'edit-ambiguous',
    message: `${label} is in ${lines.length} places (lines ${shown}). Add neighbouring lines so that it fits one of them, or set all: true to change every one.`,
  };
}

function withoutOverlaps(changes: readonly TextChange[]): TextChange[] {
  const kept: TextChange[] = [];
  for (const change of changes) if (change.start >= (kept.at(-1)?.end ?? 0)) kept.push(change);
  return kept;
}

function describeMiss(text: string, oldText: string, label: string): string {
  const nearest = showNearest(text, oldText);
  const numbered = /^\s*\d+\t/.test(oldText) ? ' It seems to hold the line numbers of read; leave them out.' : '';
  const advice =
    nearest === undefined
      ? ' Nothing in the file is like it; read the file.'
      : ` The nearest lines, with ${explainMarks(nearest)}:\n${nearest}`;
  return `${label} was not found.${numbered}${advice}`;
}

/** What the marks in the lines shown stand for, those that are there. */
function explainMarks(shown: string): string {
  const rare = [
    ['␍', 'a carriage return'],
    ['⍽', 'a no-break space'],
  ].flatMap(([mark, name]) => (shown.includes(mark!) ? [`${mark} for ${name}`] : []));
  return ['· for a space', '→ for a tab', ...rare].join(', ').replace(/, ([^,]*)$/, ' and $1');
}

function findOverlaps(text: string, changes: readonly (TextChange & { readonly from: number })[]): Problem[] {
  const problems: Problem[] = [];
  changes.forEach((change, index) => {
    const before = changes[index - 1];
    const isSamePlace = before !== undefined && before.start === change.start && before.end === change.end;
    if (before === undefined || before.from === change.from || (change.start >= before.end && !isSamePlace)) return;
    const line = lineAt(text, change.start);
    problems.push({
      kind: 'bad-arguments',
      message: `edits[${before.from}] and edits[${change.from}] both change line ${line}; make one edit of them.`,
    });
  });
  return problems;
}
