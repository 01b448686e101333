import type { ConstraintRule } from './constraint.ts';
import { clausesOf } from './grammar/clauses.ts';
import { readFileSet } from './grammar/file-words.ts';
import { readClause } from './grammar/orders.ts';
import type { Sentence } from './grammar/sentences.ts';

const these =
  '(?:\\s+(?:any of\\s+)?(?:these|those|the following|following)(?: (?:files?|folders?|director(?:y|ies)|paths?|places?))?|\\s+(?:files?|folders?|paths?))?';
const not =
  "(?:(?:you|agents?) )?(?:do not|don['’]?t|never|must not|mustn['’]?t|should not|shouldn['’]?t|may not|cannot|can['’]?t)";
const change = '(?:modify|change|edit|touch|alter|update|overwrite)';

/** Lines over a list that forbid what the items name, each with the words that make an order of an item. */
const openings: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`^${not} ${change}(?:(?:,| or|/| and) ?${change})*${these}$`, 'i'), 'do not change'],
  [
    new RegExp(
      `^(?:files?|folders?|paths?) (?:that )?(?:you )?(?:must|should|may|can)(?: not|n['’]t) (?:be )?${change}\\w*$`,
      'i',
    ),
    'do not change',
  ],
  [
    /^(?:.{0,40}\s)?\(?(?:read.only|off.limits|do not (?:modify|touch|edit|change)|don['’]?t (?:modify|touch|edit|change))(?: files?| paths?)?\)?$/i,
    'do not change',
  ],
  [
    new RegExp(`^(?:leave|keep)${these}(?: files?)? (?:alone|untouched|unchanged|as (?:is|they are)|intact)$`, 'i'),
    'do not change',
  ],
  [new RegExp(`^${not} (?:delete|remove)${these}$`, 'i'), 'do not delete'],
  [
    new RegExp(`^(?:you (?:may|can|should|must) )?only (?:change|edit|modify|touch|work (?:in|on))${these}$`, 'i'),
    'only change',
  ],
  [
    new RegExp(`^(?:${not}|not allowed|forbidden|prohibited|(?:what|things) not to do|don['’]?ts)(?: do)?$`, 'i'),
    'do not',
  ],
];

type Found = { readonly rule: ConstraintRule; readonly quote: string };

/**
 * What a list forbids whose heading or first line says so: "Do not touch:" over paths, "Don't:" over orders, "Only change these files:" over paths,
 * all of which must be understood then.
 */
export function readLists(sentences: readonly Sentence[]): Found[] {
  const found: Found[] = [];
  const items = sentences.filter(({ isItem, isCut }) => isItem && !isCut);
  for (const context of new Set(items.map((item) => item.context))) {
    const line = lineOver(context);
    const opening = openings.find(([pattern]) => pattern.test(line))?.[1];
    if (opening === undefined) continue;
    found.push(
      ...readItems(
        opening,
        line,
        items.filter((item) => item.context === context).map(({ text }) => text),
      ),
    );
  }
  return found;
}

/** The line right above a list, as a clause: the introducing line, or the heading where there is none. */
function lineOver(context: string): string {
  const [heading = '', intro = ''] = context.split('\n');
  const line = (intro.trim() === '' ? heading : intro).replace(/^#+\s*/, '').replace(/[\s:*_]+$/, '');
  if (/[(][^)]*[)]$/.test(line)) return line;
  return clausesOf(line).at(-1)?.text ?? '';
}

function readItems(opening: string, line: string, items: readonly string[]): Found[] {
  const quoteOf = (item: string) => `${line}: ${item}`.slice(0, 200);
  if (opening === 'do not')
    return items.flatMap((item) => {
      const rules = readClause(`do not ${clausesOf(item).at(0)?.text ?? ''}`);
      return rules.filter(({ type }) => type !== 'read-only').map((rule) => ({ rule, quote: quoteOf(item) }));
    });
  const heads = items.map((item) =>
    readFileSet(item.split(/\s+(?:[—–-]{1,2}|\()\s*|:\s/, 1)[0]!.replace(/[.,;]+$/, '')),
  );
  if (opening !== 'only change')
    return heads.flatMap((files, at) =>
      files === undefined
        ? []
        : [
            {
              rule: { type: opening === 'do not delete' ? 'no-delete' : 'no-change', files },
              quote: quoteOf(items[at]!),
            },
          ],
    );
  const all = heads.filter((files) => files !== undefined);
  if (all.length < heads.length) return [];
  const files = { kinds: all.flatMap(({ kinds }) => kinds), globs: all.flatMap(({ globs }) => globs) };
  return [{ rule: { type: 'only-change', files }, quote: quoteOf(items.join(', ')) }];
}
