import type { FileHandle } from 'node:fs/promises';
import { messageOf } from '../../src/core/errors.ts';
import { count } from '../../src/core/text/text.ts';
import { ToolError, type ToolOutput } from '../../src/core/tool.ts';
import { type TextWindow, windowOf } from './text-window.ts';

/** Larger ones are read by a command. */
const maxPdfBytes = 30_000_000;
/** Bytes up to which one whose pages hold no text (a scan) is shown whole; the least that providers take. */
const maxShownBytes = 3_750_000;
/** A page with fewer characters of text is a picture. */
const sparsePage = 60;

/** The text of a PDF, page by page; one that was scanned is handed to the model as it is, where the model takes that. */
export async function readPdf(
  name: string,
  handle: FileHandle,
  bytes: number,
  window: TextWindow,
): Promise<ToolOutput> {
  const what = `${name} is a PDF of ${count(bytes, 'byte')}`;
  if (bytes > maxPdfBytes)
    throw new ToolError(
      'unreadable',
      `${what}, too large to be read here. Take pages of it with a command (pdftotext -f 1 -l 10).`,
    );
  const data = Buffer.alloc(bytes);
  await handle.read(data, 0, bytes, 0);
  const pages = await extractPages(what, data);
  const view = { kind: 'text', title: name } as const;
  const characters = pages.reduce((sum, page) => sum + page.trim().length, 0);
  if (characters < pages.length * sparsePage) {
    const found = `${what} with ${count(pages.length, 'page')} and hardly any text: a scan or drawings.`;
    if (bytes > maxShownBytes)
      return {
        output: `${found} It is too large to be shown; take single pages of it as pictures with a command (pdftoppm -png).`,
        view,
      };
    return {
      output: `${found} It is shown where the model takes PDFs.`,
      images: [`data:application/pdf;base64,${data.toString('base64')}`],
      view,
    };
  }
  const text = pages.map((page, index) => `--- page ${index + 1} of ${pages.length} ---\n${page.trim()}`).join('\n');
  return { output: windowOf(name, text, window), view };
}

/** The text of a PDF's pages; `what` names it in the error. Throws ToolError for one that can't be read. */
export async function extractPages(what: string, data: Buffer): Promise<string[]> {
  const { extractText, getDocumentProxy } = await import('unpdf');
  try {
    const document = await getDocumentProxy(new Uint8Array(data), { verbosity: 0 });
    return (await extractText(document, { mergePages: false })).text;
  } catch (error) {
    throw new ToolError('unreadable', `${what}, and it can't be read: ${messageOf(error)}`);
  }
}
