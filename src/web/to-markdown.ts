/// <reference lib="dom" />
/// <reference path="./turndown-plugin-gfm.d.ts" />
import { gfm } from '@joplin/turndown-plugin-gfm';
import { isProbablyReaderable, Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import TurndownService from 'turndown';

export type MarkdownPage = { readonly title: string; readonly markdown: string };

/** What says nothing about the subject of a page. */
const chrome =
  'script, style, noscript, template, iframe, svg, canvas, form, dialog, nav, footer, [hidden], [aria-hidden="true"], [role="navigation"], [role="banner"], [role="contentinfo"]';
/** A part that holds less than this share of the page's text is not all that the page is for (an index, a reference). */
const mainShare = 0.5;

/** A page of HTML as Markdown: its article where it has one, else all of it but menus and scripts. Links are absolute. */
export function htmlToMarkdown(html: string, url: string): MarkdownPage {
  const { document } = parseHTML(/<html[\s>]/i.test(html) ? html : `<html><body>${html}</body></html>`);
  const title = (document.querySelector('title')?.textContent ?? '').replace(/\s+/g, ' ').trim();
  const base = readBase(document, url);
  const article = findMarked(document) ? undefined : findArticle(document);
  for (const element of document.querySelectorAll(chrome)) element.remove();
  const body = document.body ?? document.documentElement;
  const [root = body] = [findMarked(document), article].filter(
    (part) => part && lengthOf(part) >= mainShare * lengthOf(body),
  );
  completeLinks(root, base);
  const text = converter().turndown(root.innerHTML);
  return { title, markdown: text.replace(/\n{3,}/g, '\n\n').trim() };
}

/** The part that the page itself says is its subject; several articles are a list of them. */
function findMarked(document: Document): HTMLElement | undefined {
  const main = document.querySelector<HTMLElement>('main, [role="main"]');
  const articles = document.querySelectorAll<HTMLElement>('article');
  return main ?? (articles.length === 1 ? articles[0] : undefined);
}

/** The subject of a page that does not say where it is, by its looks. Mozilla's reader leaves out much, so it comes second. */
function findArticle(document: Document): HTMLElement | undefined {
  if (!isProbablyReaderable(document)) return undefined;
  const copy = parseHTML(document.documentElement.outerHTML).document;
  const found = new Readability(copy, { charThreshold: 200, keepClasses: true }).parse();
  return found?.content ? parseHTML(`<html><body>${found.content}</body></html>`).document.body : undefined;
}

function lengthOf(element: { textContent: string | null }): number {
  return (element.textContent ?? '').replace(/\s+/g, ' ').length;
}

function readBase(document: Document, url: string): string {
  const base = document.querySelector('base')?.getAttribute('href') ?? '';
  return URL.canParse(base, url) ? new URL(base, url).href : url;
}

/** Links and pictures as whole addresses; pictures that are in the page itself are left out, they would be pages of letters. */
function completeLinks(root: HTMLElement, base: string): void {
  for (const [selector, attribute] of [
    ['a[href]', 'href'],
    ['img[src]', 'src'],
  ] as const)
    for (const element of root.querySelectorAll(selector)) {
      const value = element.getAttribute(attribute) ?? '';
      if (/^\s*(data|javascript|blob):/i.test(value)) element.removeAttribute(attribute);
      else if (!value.startsWith('#') && URL.canParse(value, base))
        element.setAttribute(attribute, new URL(value, base).href);
    }
}

function converter(): TurndownService {
  const service = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' });
  service.use(gfm);
  // The mark beside a heading that leads to itself.
  service.addRule('anchor', {
    filter: (node) =>
      node.nodeName === 'A' && /^\s*[#¶§🔗]?\s*$/u.test(node.textContent ?? '') && !node.querySelector('img'),
    replacement: () => '',
  });
  service.addRule('picture', {
    filter: 'img',
    replacement: (_, node) => {
      const element = node as unknown as Element;
      const alt = (element.getAttribute('alt') ?? '').replace(/\s+/g, ' ').trim();
      const source = element.getAttribute('src') ?? '';
      return source === '' ? alt : alt === '' ? '' : `![${alt}](${source})`;
    },
  });
  return service;
}
