import { Marked, type Tokens } from 'marked';
import { escapeHtml } from '../core/text/escape-html.ts';

/** HTML in an answer is shown as text, a link leads only to the web or a mailbox, and a picture is a link: nothing is loaded. */
const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }: Tokens.HTML | Tokens.Tag) => escapeHtml(text),
    link({ href, tokens }: Tokens.Link) {
      const words = this.parser.parseInline(tokens);
      return isSafe(href) ? `<a href="${escapeHtml(href)}" rel="noreferrer noopener">${words}</a>` : words;
    },
    image: ({ href, text }: Tokens.Image) =>
      isSafe(href)
        ? `<a href="${escapeHtml(href)}" rel="noreferrer noopener">${escapeHtml(text || href)}</a>`
        : escapeHtml(text),
  },
});

function isSafe(href: string): boolean {
  return /^(?:https?:\/\/|mailto:)/i.test(href);
}

/** Markdown of a model as HTML that runs and loads nothing. */
export function markdownHtml(source: string): string {
  return marked.parse(source, { async: false });
}
