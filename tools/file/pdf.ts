import { runThread } from '../../src/core/process/run-thread.ts';
import { count } from '../../src/core/text/count.ts';
import { ToolError, type ToolOutput } from '../../src/core/tool.ts';
import type { OpenFile } from './open-file.ts';
import { drawPages, howToSeePages, maxShownPages, readPageNumbers } from './pdf-pages.ts';
import type { PdfText } from './pdf-text-worker.ts';
import { type TextWindow, windowOf } from './text-window.ts';

/** Larger ones are read by a command. */
const maxPdfBytes = 30_000_000;
/** Bytes up to which one whose pages hold no text (a scan) is shown whole; the least that providers take. */
const maxShownBytes = 3_750_000;
/** What reading the text of one may take. */
const textMs = 30_000;
const textMegabytes = 1024;
/** A page with fewer characters of text is a picture. */
const sparsePage = 60;

/** What of a PDF is wanted: lines of its text, or pages as pictures ("2-4"). */
export type PdfWish = TextWindow & { readonly pages: string | undefined };

export type PdfPlace = {
  /** What draws pages; undefined where it is not installed. */
  readonly module: string | undefined;
  /** Where packages that the user adds are. */
  readonly packages: string | undefined;
  readonly signal: AbortSignal;
};

/** The text of a PDF, page by page; pages as pictures where they are asked for, or hold no text, for models that see. */
export async function readPdf(
  name: string,
  file: OpenFile,
  bytes: number,
  wish: PdfWish,
  place: PdfPlace,
): Promise<ToolOutput> {
  const what = `${name} is a PDF of ${count(bytes, 'byte')}`;
  if (bytes > maxPdfBytes)
    throw new ToolError(
      'unreadable',
      `${what}, too large to be read here. Take pages of it with a command (pdftotext -f 1 -l 10).`,
    );
  const data = Buffer.alloc(bytes);
  await file.read(data, 0, bytes, 0);
  const pages = await extractPages(what, data, place.signal);
  const view = { kind: 'text', title: name } as const;
  const whole = `${what} with ${count(pages.length, 'page')}`;
  if (wish.pages !== undefined)
    return { ...(await showPages(whole, data, pages, wantedPages(whole, wish.pages, pages.length), place)), view };
  const sparse = pages.flatMap((page, index) => (page.trim().length < sparsePage ? [index + 1] : []));
  if (sparse.length === pages.length) return { ...(await showScan(whole, data, pages, place)), view };
  const text = pages.map((page, index) => `--- page ${index + 1} of ${pages.length} ---\n${page.trim()}`).join('\n');
  const output = windowOf(name, text, wish);
  if (sparse.length === 0) return { output, view };
  const see = place.module ? `see them with pages: "${sparse[0]}"` : howToSeePages(place.packages);
  return { output: `${output}\n[hardly any text on ${listOf(sparse)}: ${see}]`, view };
}

function listOf(pages: readonly number[]): string {
  const more = pages.length > 10 ? ` and ${pages.length - 10} more` : '';
  return `${pages.length === 1 ? 'page' : 'pages'} ${pages.slice(0, 10).join(', ')}${more}`;
}

function wantedPages(whole: string, pages: string, total: number): number[] {
  const numbers = readPageNumbers(pages, total);
  if (numbers === undefined)
    throw new ToolError('bad-arguments', `pages is ${JSON.stringify(pages)}; it must be like "3", "2-4" or "1,5".`);
  if (numbers.length === 0) throw new ToolError('bad-arguments', `${whole}; there is no page ${pages}.`);
  return numbers;
}

/** Pages as pictures, with the text that they hold. */
async function showPages(
  whole: string,
  data: Buffer,
  texts: readonly string[],
  wanted: readonly number[],
  { module, packages, signal }: PdfPlace,
): Promise<ToolOutput> {
  if (module === undefined)
    throw new ToolError('unreadable', `${whole}; ${howToSeePages(packages)}. Read its text, without pages.`);
  const shown = wanted.slice(0, maxShownPages);
  const images = await drawPages(module, new Uint8Array(data), shown, signal);
  if (images === undefined)
    throw new ToolError('unreadable', `${whole}; ${listOf(shown)} could not be drawn. Read its text, without pages.`);
  const next = wanted[maxShownPages];
  const more = next === undefined ? '' : `; go on with pages: "${next}-${next + maxShownPages - 1}"`;
  const words = shown.map((page) => `--- page ${page} of ${texts.length} ---\n${texts[page - 1]?.trim() ?? ''}`);
  return { output: `${whole}. ${capital(listOf(shown))} shown as pictures${more}.\n${words.join('\n')}`, images };
}

/** One whose pages hold no text: its first pages as pictures, or, where they can't be drawn, as it is for models that take PDFs. */
async function showScan(whole: string, data: Buffer, texts: readonly string[], place: PdfPlace): Promise<ToolOutput> {
  const found = `${whole} and hardly any text: a scan or drawings`;
  const all = texts.map((_, index) => index + 1);
  const drawn = await showPages(found, data, texts, all, place).catch((error: unknown) => {
    if (error instanceof ToolError) return undefined;
    throw error;
  });
  if (drawn) return drawn;
  if (data.length > maxShownBytes)
    return {
      output: `${found}. It is too large to be shown; ${howToSeePages(place.packages)}. Or take single pages of it with a command (pdftoppm -png).`,
    };
  return {
    output: `${found}. It is shown where the model takes PDFs; ${howToSeePages(place.packages)}.`,
    images: [`data:application/pdf;base64,${data.toString('base64')}`],
  };
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** The text of a PDF's pages, read in a thread of its own; `what` names it in the error. Throws ToolError for one that can't be read. */
export async function extractPages(what: string, data: Buffer, signal: AbortSignal): Promise<readonly string[]> {
  const text = await runThread<PdfText>('pdf-text-worker', data, {
    limitMs: textMs,
    maxMegabytes: textMegabytes,
    signal,
  });
  if (text === undefined)
    throw new ToolError(
      'unreadable',
      `${what}, and its text could not be read within ${textMs / 1000} s and ${textMegabytes} MB. Take pages of it with a command (pdftotext -f 1 -l 10).`,
    );
  if ('problem' in text) throw new ToolError('unreadable', `${what}, and it can't be read: ${text.problem}`);
  return text.pages;
}
