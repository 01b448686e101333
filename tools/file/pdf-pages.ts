import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { packageRoot } from '../../src/core/prompt.ts';

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
  const file = join(packageRoot(), 'dist', 'pdf-worker.js');
  if (!existsSync(file)) return undefined;
  const worker = new Worker(file, {
    workerData: { module, data, pages },
    resourceLimits: { maxOldGenerationSizeMb: maxMegabytes },
  });
  try {
    const drawn = await new Promise<readonly Uint8Array[] | undefined>((resolve) => {
      const stop = () => resolve(undefined);
      const timer = setTimeout(stop, renderMs);
      signal.addEventListener('abort', stop, { once: true });
      worker.on('message', resolve);
      worker.on('error', stop);
      worker.on('exit', () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        stop();
      });
    });
    signal.throwIfAborted();
    return drawn?.map((png) => `data:image/png;base64,${Buffer.from(png).toString('base64')}`);
  } finally {
    await worker.terminate();
  }
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
