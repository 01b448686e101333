import type { MarkedToken, Token } from 'marked';
import { type Line, type Span, type Style, span } from './span.ts';

/** Without extensions the lexer makes no tokens but its own. */
export function isMarkedToken(_token: Token): _token is MarkedToken {
  return true;
}

/** Draws the inside of a paragraph; a hard break starts a new line. */
export function drawInline(tokens: readonly Token[], style: Style = {}): Line[] {
  const lines: Span[][] = [[]];
  const put = (text: string, more: Style) => {
    for (const [index, part] of decodeEntities(text).split('\n').entries()) {
      if (index > 0 && !lines.at(-1)?.at(-1)?.text.endsWith(' ')) lines.at(-1)?.push({ text: ' ', style: more });
      if (part !== '') lines.at(-1)?.push({ text: part, style: more });
    }
  };
  const walk = (inner: readonly Token[], current: Style) => {
    for (const token of inner) {
      if (!isMarkedToken(token)) continue;
      if (token.type === 'br') lines.push([]);
      else if (token.type === 'strong') walk(token.tokens, { ...current, isBold: true });
      else if (token.type === 'em') walk(token.tokens, { ...current, isItalic: true });
      else if (token.type === 'del') walk(token.tokens, { ...current, isStruck: true });
      else if (token.type === 'codespan')
        lines.at(-1)?.push({ text: decodeEntities(token.text), style: { ...current, role: 'code' } });
      else if (token.type === 'link') lines.at(-1)?.push(...drawLink(token.text, token.href, current));
      else if (token.type === 'image') put(`[image: ${token.text || token.href}]`, { ...current, role: 'quiet' });
      else if ('tokens' in token && token.tokens) walk(token.tokens, current);
      else put('text' in token ? token.text : token.raw, current);
    }
  };
  walk(tokens, style);
  return lines;
}

/** The text of a link, and where it leads when the text does not say so: a terminal can't be asked by pointing. */
function drawLink(text: string, href: string, style: Style): Span[] {
  const label = decodeEntities(text);
  const shown: Span = { text: label, style: { ...style, role: 'link' } };
  const target = href.replace(/^mailto:/, '');
  return label === target || label === href || href.startsWith('#') ? [shown] : [shown, span(` (${target})`, 'quiet')];
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };

function decodeEntities(text: string): string {
  return text.includes('&')
    ? text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (whole, name: string) => entities[name] ?? whole)
    : text;
}
