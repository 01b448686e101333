import highlighter from 'highlight.js/lib/common';
import type { Role } from '../../core/screen/theme-roles.ts';
import { type Line, type Span, span } from './span.ts';

/** Highlighting a very long block costs more than it helps; it stays in one colour above this many characters. */
const longest = 60_000;

const scopes: readonly (readonly [RegExp, Role])[] = [
  [/^(keyword|built_in|literal|selector-tag|doctag|operator|meta-keyword)/, 'keyword'],
  [/^(string|regexp|char|symbol|addition|template)/, 'string'],
  [/^(number|variable\.constant)/, 'number'],
  [/^(comment|quote|meta|deletion)/, 'comment'],
  [/^(title|name|attr|attribute|section|type|class|selector|tag|property)/, 'name'],
];

/** Colours code by its language; an unknown language stays in one colour. Rows come back one by one. */
export function highlight(code: string, language: string): Line[] {
  if (language === '' || code.length > longest || !highlighter.getLanguage(language))
    return code.split('\n').map((row): Line => [span(row)]);
  return toRows(highlighter.highlight(code, { language, ignoreIllegals: true }).value);
}

/** The library answers in HTML: spans with a class, and five entities. */
function toRows(html: string): Line[] {
  const rows: Span[][] = [[]];
  const open: (Role | undefined)[] = [];
  for (const [, classes, close, text] of html.matchAll(/<span class="hljs-([^"]*)">|(<\/span>)|([^<]+)/g)) {
    if (classes !== undefined) open.push(roleOf(classes) ?? open.at(-1));
    else if (close) open.pop();
    else if (text !== undefined) {
      for (const [index, part] of decode(text).split('\n').entries()) {
        if (index > 0) rows.push([]);
        if (part !== '') rows.at(-1)?.push(span(part, open.at(-1)));
      }
    }
  }
  return rows;
}

function roleOf(classes: string): Role | undefined {
  return scopes.find(([pattern]) => pattern.test(classes))?.[1];
}

function decode(text: string): string {
  return text.replace(
    /&(lt|gt|quot|#x27|amp);/g,
    (_, name: string) => ({ lt: '<', gt: '>', quot: '"', '#x27': "'", amp: '&' })[name] ?? '',
  );
}
