import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../core/prompt.ts';
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
  const page = await convert(cut, url, signal);
  signal.throwIfAborted();
  if (page !== undefined) return { ...page, isPlain: false };
  const { htmlToText } = await import('./html-to-text.ts');
  return { title: '', markdown: htmlToText(cut), isPlain: true };
}

async function convert(html: string, url: string, signal: AbortSignal): Promise<MarkdownPage | undefined> {
  const file = join(packageRoot(), 'dist', 'page-worker.js');
  if (!existsSync(file)) return undefined;
  const worker = new Worker(file, {
    workerData: { html, url },
    resourceLimits: { maxOldGenerationSizeMb: maxMegabytes, stackSizeMb: 8 },
  });
  try {
    return await new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), convertMs);
      const stop = () => resolve(undefined);
      signal.addEventListener('abort', stop, { once: true });
      worker.on('message', (page: MarkdownPage) => resolve(page));
      worker.on('error', stop);
      worker.on('exit', () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        stop();
      });
    });
  } finally {
    await worker.terminate();
  }
}
