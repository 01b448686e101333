import { createRequire } from 'node:module';
import { join } from 'node:path';
import { runThread } from '../../src/core/process/run-thread.ts';
import { packageRoot } from '../../src/core/prompt.ts';
import type { PdfWork } from './pdf-worker.ts';

const renderMs = 30_000;
const maxMegabytes = 1024;

/** Pages that are shown by one read. */
export const maxShownPages = 5;

/** How pictures of pages can be had, for who reads the result. */
export function howToSeePages(packages: string | undefined): string {
  const folder = packages ?? '~/.wink';
  return `pages can be shown as pictures once the user has installed what draws them: npm install --prefix ${folder} @hyzyla/pdfium`;
}

/**
 * Where the package that draws pages is: beside this program, or among the packages that the user has added. It is 4 MB of WebAssembly,
 * so it is not a part of the program.
 */
export function findPdfium(packages: string | undefined): string | undefined {
  for (const from of [join(packageRoot(), 'package.json'), ...(packages ? [join(packages, 'package.json')] : [])]) {
    try {
      return createRequire(from).resolve('@hyzyla/pdfium');
    } catch {
      // Not there; the next place is looked at.
    }
  }
  return undefined;
}

/** The pages (from 1) as PNG data URLs, drawn in a thread of their own that is ended when it takes too long; undefined when it can't be done. */
export async function drawPages(
  module: string,
  data: Uint8Array,
  pages: readonly number[],
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const work: PdfWork = { module, data, pages };
  const drawn = await runThread<readonly Uint8Array[]>('pdf-worker', work, { limitMs: renderMs, maxMegabytes, signal });
  return drawn?.map((png) => `data:image/png;base64,${Buffer.from(png).toString('base64')}`);
}

/** The pages that a text names ("3", "2-4", "1,5"), in order and those that are there; undefined for one that names none. */
export function readPageNumbers(text: string, count: number): number[] | undefined {
  const numbers = new Set<number>();
  for (const part of text.split(',')) {
    const [, first, last] = /^\s*(\d{1,6})\s*(?:-\s*(\d{1,6})\s*)?$/.exec(part) ?? [];
    if (first === undefined) return undefined;
    const end = Math.min(Number(last ?? first), count);
    for (let page = Math.max(1, Number(first)); page <= end; page += 1) numbers.add(page);
  }
  return [...numbers].sort((left, right) => left - right);
}
