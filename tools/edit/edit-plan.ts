import type { ErrorKind } from '../../src/core/error-kind.ts';
import { ToolError } from '../../src/core/tool.ts';
import { applyChanges, differOnlyInEndings, lineAt, type Place, type TextChange } from './change.ts';
import { findMatches, type Matches } from './edit-match.ts';
import { showNearest } from './edit-near.ts';
import { mostPlaces } from './find-places.ts';
import { type SearchedText, searchText } from './searched-text.ts';

export type Replacement = { readonly oldText: string; readonly newText: string; readonly all?: boolean | undefined };

/** What a list of replacements makes of a text. `notes` tell the model where a text was matched loosely. */
export type Plan = {
  readonly text: string;
  readonly changes: readonly TextChange[];
  readonly notes: readonly string[];
};

/** So many are told at once; the model asks again when it has dealt with them. */
const toldProblems = 20;
/** Characters that all replacements may pass over together, each the whole text. */
const mostSearched = 500_000_000;

type Problem = { readonly kind: ErrorKind; readonly message: string };

/**
 * Plans all replacements against the text as it is, all or nothing. Throws a ToolError that names every replacement that can't be
 * made and why: not found (with the nearest real lines), found in several places (with the lines of each), overlapping, no change.
 */
export function planEdits(name: string, text: string, replacements: readonly Replacement[]): Plan {
  const problems: Problem[] = [];
  const notes: string[] = [];
  const changes: (TextChange & { readonly from: number })[] = [];
  const most = Math.max(toldProblems, Math.floor(mostSearched / Math.max(1, text.length)));
  if (replacements.length > most)
    throw new ToolError(
      'bad-arguments',
      `Nothing was changed in ${name}: these are ${replacements.length} edits, and in a file of this size ${most} can be made at once. Make several calls, or use a command.`,
    );
  const searched = searchText(text);
  for (const [index, replacement] of replacements.entries()) {
    if (problems.length >= toldProblems) break;
    const label = replacements.length === 1 ? 'oldText' : `edits[${index}].oldText`;
    const found = planOne(searched, replacement, label);
    if ('kind' in found) problems.push(found);
    else {
      if (found.level !== 'exact') notes.push(`${label} was matched apart from ${found.level}`);
      for (const place of found.places) changes.push({ ...place.change(), from: index });
    }
  }
  changes.sort((left, right) => left.start - right.start || left.end - right.end);
  problems.push(...findOverlaps(text, changes));
  const [first] = problems;
  if (first)
    throw new ToolError(
      first.kind,
      `Nothing was changed in ${name}. ${problems.map(({ message }) => message).join('\n')}${problems.length < toldProblems ? '' : '\n[… there may be more]'}`,
    );
  const changed = applyChanges(text, changes);
  if (changed === text && replacements.some(({ oldText, newText }) => differOnlyInEndings(oldText, newText)))
    throw new ToolError(
      'bad-arguments',
      `Nothing was changed in ${name}: its line breaks are kept as they are (${searched.breaks().usual === '\n' ? 'LF' : 'CRLF'}). To convert them, use a command.`,
    );
  if (changed === text)
    throw new ToolError('bad-arguments', `Nothing was changed in ${name}: it already reads as newText wants.`);
  return { text: changed, changes, notes };
}

function planOne(searched: SearchedText, { oldText, newText, all }: Replacement, label: string): Matches | Problem {
  if (oldText === newText)
    return { kind: 'bad-arguments', message: `${label} equals its newText, so there is nothing to do.` };
  const matches = findMatches(searched, oldText, newText);
  const { length } = matches.places;
  if (length === 0) return { kind: 'edit-mismatch', message: describeMiss(searched, oldText, label) };
  const number = length > mostPlaces ? `more than ${mostPlaces}` : `${length}`;
  if (all && length > mostPlaces)
    return {
      kind: 'bad-arguments',
      message: `${label} is in ${number} places, which are too many for this tool; change them with a command, e.g. sed -i.`,
    };
  if (all) return { ...matches, places: withoutOverlaps(matches.places) };
  if (length === 1) return matches;
  const lines = matches.places.slice(0, 20).map(({ start }) => lineAt(searched.text, start));
  const shown =
    length > 20 ? `${lines.join(', ')} and ${length > mostPlaces ? 'more' : `${length - 20} more`}` : lines.join(', ');
  return {
    kind: 'edit-ambiguous',
    message: `${label} is in ${number} places (lines ${shown}). Add neighbouring lines so that it fits one of them, or set all: true to change every one.`,
  };
}

function withoutOverlaps(places: readonly Place[]): Place[] {
  const kept: Place[] = [];
  for (const place of places) if (place.start >= (kept.at(-1)?.end ?? 0)) kept.push(place);
  return kept;
}

function describeMiss(searched: SearchedText, oldText: string, label: string): string {
  const nearest = showNearest(searched, oldText);
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
    if (
      problems.length >= toldProblems ||
      before === undefined ||
      before.from === change.from ||
      (change.start >= before.end && !isSamePlace)
    )
      return;
    const line = lineAt(text, change.start);
    problems.push({
      kind: 'bad-arguments',
      message: `edits[${before.from}] and edits[${change.from}] both change line ${line}; make one edit of them.`,
    });
  });
  return problems;
}
