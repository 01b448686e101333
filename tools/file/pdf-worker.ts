import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { encodePng } from '../../src/core/text/png.ts';

/** Pixels of a page's picture, and of its longer side: what providers shrink larger ones to. */
const maxPixels = 1_150_000;
const maxSide = 1_568;
/** Larger files are made again with fewer pixels. */
const maxPictureBytes = 3_000_000;

/** What we use of the package @hyzyla/pdfium. */
type Pdfium = {
  readonly PDFiumLibrary: {
    init(): Promise<{ loadDocument(data: Uint8Array): Promise<PdfiumDocument> }>;
  };
};
type PdfiumDocument = {
  getPageCount(): number;
  getPage(index: number): {
    getOriginalSize(): { originalWidth: number; originalHeight: number };
    render(options: { scale: number; render: 'bitmap' }): Promise<{ width: number; height: number; data: Uint8Array }>;
  };
};

export type PdfWork = { readonly module: string; readonly data: Uint8Array; readonly pages: readonly number[] };

/** The thread that draws pages of one PDF: it is ended when it takes too long. Posts a PNG a page, in their order. */
async function draw({ module, data, pages }: PdfWork): Promise<Buffer[]> {
  const { PDFiumLibrary }: Pdfium = await import(pathToFileURL(module).href);
  const document = await (await PDFiumLibrary.init()).loadDocument(data);
  const pictures: Buffer[] = [];
  for (const number of pages) pictures.push(await drawPage(document, number - 1));
  return pictures;
}

async function drawPage(document: PdfiumDocument, index: number): Promise<Buffer> {
  const page = document.getPage(index);
  const { originalWidth: width, originalHeight: height } = page.getOriginalSize();
  let scale = Math.min(Math.sqrt(maxPixels / (width * height)), maxSide / Math.max(width, height));
  for (;;) {
    const drawn = await page.render({ scale, render: 'bitmap' });
    const png = encodePng({ width: drawn.width, height: drawn.height, rgb: toRgb(drawn.data) });
    if (png.length <= maxPictureBytes) return png;
    scale *= 0.7;
  }
}

/** From blue, green, red and alpha. */
function toRgb(data: Uint8Array): Uint8Array {
  const rgb = new Uint8Array((data.length / 4) * 3);
  for (let from = 0, to = 0; from + 3 < data.length; from += 4, to += 3) {
    rgb[to] = data[from + 2] ?? 0;
    rgb[to + 1] = data[from + 1] ?? 0;
    rgb[to + 2] = data[from] ?? 0;
  }
  return rgb;
}

void draw(workerData as PdfWork).then((pictures) => parentPort?.postMessage(pictures));
