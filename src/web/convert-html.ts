import { runThread } from '../core/process/run-thread.ts';
import type { MarkdownPage } from './to-markdown.ts';

const convertMs = 15_000;
const maxMegabytes = 512;
/** Longer pages are cut before they are read. */
const maxHtmlLength = 3_000_000;

export type ConvertedPage = MarkdownPage & { readonly isPlain: boolean };

/**
 * HTML as Markdown, made in a thread of its own that is ended when it takes too long: pages are written by strangers, and the loop
 * never waits for one. What can't be made Markdown comes as its text alone (`isPlain`).
 */
export async function convertHtml(html: string, url: string, signal: AbortSignal): Promise<ConvertedPage> {
  const cut = html.slice(0, maxHtmlLength);
  const bounds = { limitMs: convertMs, maxMegabytes, stackMegabytes: 8, signal };
  const page = await runThread<MarkdownPage>('page-worker', { html: cut, url }, bounds);
  if (page !== undefined) return { ...page, isPlain: false };
  const { htmlToText } = await import('./html-to-text.ts');
  return { title: '', markdown: htmlToText(cut), isPlain: true };
}
