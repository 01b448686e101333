import { lexer, type MarkedToken, type Token, type Tokens } from 'marked';
import type { Glyphs } from './glyphs.ts';
import { drawInline, isMarkedToken } from './markdown-inline.ts';
import { drawTable } from './markdown-table.ts';
import { type Line, span, widthOf } from './span.ts';
import { expandTabs, wrapLine } from './wrap.ts';

export type MarkdownOptions = {
  readonly columns: number;
  readonly glyphs: Glyphs;
  /** Colours code; without it code is drawn in one colour. */
  readonly highlight?: (code: string, language: string) => Line[];
};

/** Draws Markdown as rows of at most `columns` columns. */
export function drawMarkdown(source: string, options: MarkdownOptions): Line[] {
  return drawBlocks(lexer(source), options);
}

function drawBlocks(tokens: readonly Token[], options: MarkdownOptions, isTight = false): Line[] {
  const lines: Line[] = [];
  for (const token of tokens) {
    const block = isMarkedToken(token) ? drawBlock(token, options) : [];
    if (block.length === 0) continue;
    if (lines.length > 0 && !isTight) lines.push([]);
    lines.push(...block);
  }
  return lines;
}

function drawBlock(token: MarkedToken, options: MarkdownOptions): Line[] {
  const { columns, glyphs } = options;
  switch (token.type) {
    case 'space':
    case 'def':
      return [];
    case 'heading':
      return drawInline(token.tokens, { role: 'heading', isUnderlined: token.depth === 1 }).flatMap((line) =>
        wrapLine(line, columns),
      );
    case 'code':
      return drawCode(token.text, (token.lang ?? '').split(/\s/)[0] ?? '', options);
    case 'list':
      return drawList(token, options);
    case 'table':
      return drawTable(token, columns, glyphs);
    case 'blockquote':
      return indent(drawBlocks(token.tokens, { ...options, columns: columns - 2 }), [span(`${glyphs.bar} `, 'quiet')]);
    case 'hr':
      return [[span(glyphs.rule.repeat(Math.min(columns, 40)), 'quiet')]];
    default: {
      const inline: Token[] =
        'tokens' in token && token.tokens
          ? token.tokens
          : [{ type: 'text', raw: token.raw, text: token.raw.trimEnd() }];
      return drawInline(inline).flatMap((line) => wrapLine(line, columns));
    }
  }
}

/** A code block: indented by two columns, long rows wrapped so that nothing is hidden. */
export function drawCode(code: string, language: string, options: MarkdownOptions): Line[] {
  if (code === '') return [];
  const text = expandTabs(code);
  const rows = options.highlight
    ? options.highlight(text, language)
    : text.split('\n').map((row): Line => [span(row, 'code')]);
  return rows.flatMap((row) => indent(wrapLine(row, options.columns - 2), [span('  ')]));
}

function drawList(list: Tokens.List, options: MarkdownOptions): Line[] {
  const lines: Line[] = [];
  const first = typeof list.start === 'number' ? list.start : 1;
  for (const [index, item] of list.items.entries()) {
    const mark = item.task
      ? item.checked
        ? '[x] '
        : '[ ] '
      : list.ordered
        ? `${first + index}. `
        : `${options.glyphs.bullet} `;
    const width = widthOf(mark);
    const body = drawBlocks(
      item.tokens.filter((token) => token.type !== 'checkbox'),
      { ...options, columns: options.columns - width },
      !item.loose,
    );
    if (list.loose && index > 0) lines.push([]);
    lines.push([span(mark, 'accent'), ...(body[0] ?? [])], ...indent(body.slice(1), [span(' '.repeat(width))]));
  }
  return lines;
}

function indent(lines: readonly Line[], margin: Line): Line[] {
  return lines.map((line) => (line.length === 0 && margin[0]?.text.trim() === '' ? line : [...margin, ...line]));
}
