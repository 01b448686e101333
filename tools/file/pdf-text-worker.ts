import { parentPort, workerData } from 'node:worker_threads';
import { extractText, getDocumentProxy } from 'unpdf';
import { messageOf } from '../../src/core/errors.ts';

/** The text of each page, or why there is none. */
export type PdfText = { readonly pages: readonly string[] } | { readonly problem: string };

/** The thread that reads the text of one PDF: it is ended when it takes too long. */
async function read(data: Uint8Array): Promise<PdfText> {
  try {
    const document = await getDocumentProxy(data, { verbosity: 0 });
    return { pages: (await extractText(document, { mergePages: false })).text };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

void read(new Uint8Array(workerData as Uint8Array)).then((text) => parentPort?.postMessage(text));
