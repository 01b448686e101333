import type { MarkedToken, Token } from 'marked';
import { expandTabs } from './expand-tabs.ts';
import { type Span, type Style, span } from './span.ts';

/** Without extensions the lexer makes no tokens but its own. */
export function isMarkedToken(_token: Token): _token is MarkedToken {
  return true;
}

/** The inside of a paragraph as pieces of text; line breaks are in them. */
export function inlineSpans(tokens: readonly Token[], style: Style = {}): Span[] {
  return tokens.flatMap((token): Span[] => {
    if (!isMarkedToken(token)) return [];
    switch (token.type) {
      case 'br':
        return [{ text: '\n', style }];
      case 'strong':
        return inlineSpans(token.tokens, { ...style, bold: true });
      case 'em':
        return inlineSpans(token.tokens, { ...style, italic: true });
      case 'del':
        return inlineSpans(token.tokens, { ...style, strikethrough: true });
      case 'codespan':
        return [{ text: plainText(token.text), style: { ...style, role: 'code' } }];
      case 'link':
        return linkSpans(token.text, token.href, style);
      case 'image':
        return [{ text: `[image: ${plainText(token.text || token.href)}]`, style: { ...style, role: 'quiet' } }];
      default:
        if ('tokens' in token && token.tokens) return inlineSpans(token.tokens, style);
        return [{ text: plainText('text' in token ? token.text : token.raw), style }];
    }
  });
}

/** The text of a link, and where it leads when the text does not say so: a terminal can't be asked by pointing. */
function linkSpans(text: string, href: string, style: Style): Span[] {
  const label = plainText(text);
  const shown: Span = { text: label, style: { ...style, role: 'link' } };
  const target = href.replace(/^mailto:/, '');
  return label === target || label === href || href.startsWith('#') ? [shown] : [shown, span(` (${target})`, 'quiet')];
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };

function plainText(text: string): string {
  return expandTabs(text.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, (whole, name: string) => entities[name] ?? whole));
}
