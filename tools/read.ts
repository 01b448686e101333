import type { Stats } from 'node:fs';
import * as z from 'zod';
import { count } from '../src/core/text/count.ts';
import { defineTool, type ToolContext, ToolError, type ToolOutput } from '../src/core/tool.ts';
import { describeEncoding } from './file/codec.ts';
import { detectBytes, detectKind, type Encoding, pdfFormat } from './file/file-kind.ts';
import { type LineWindow, readLineWindow } from './file/line-reader.ts';
import { readCells, showNotebook } from './file/notebook.ts';
import { openRegular } from './file/open-file.ts';
import { pathInput, quoteName, resolvePath, showPath, stampKey } from './file/paths.ts';
import { readPdf } from './file/pdf.ts';
import { findPdfium } from './file/pdf-pages.ts';
import { showPicture } from './file/picture.ts';
import { hashBytes } from './file/text-file.ts';
import { readStart } from './search/scan-lines.ts';
import { pathAliases, wholeNumber } from './shared/arguments.ts';
import { lineCharacters, readCharacters, readLines } from './shared/limits.ts';

/** After the wanted lines, files are counted to their end only if it is this near. */
const countBytes = 16 * 1024 * 1024;

/** Up to here a file is known again by its bytes, above by its size and time alone. */
const hashedBytes = 4 * 1024 * 1024;

/** Larger notebooks are read as the JSON that they are. */
const maxNotebookBytes = 20 * 1024 * 1024;

const input = z.object({
  path: pathInput,
  offset: wholeNumber(1).describe('first line, 1-based'),
  limit: wholeNumber(1).describe(`lines, default ${readLines}`),
  pages: z.preprocess(plainPages, z.string().optional()).describe('of a PDF, to see: "2-4"'),
});
type Input = z.infer<typeof input>;

function plainPages(value: unknown): unknown {
  return value === null || value === '' ? undefined : typeof value === 'number' ? String(value) : value;
}

/** Reads a window of a text file with numbered lines; shows pictures, the text of PDFs and the cells of notebooks; says what a binary is. */
export const readTool = defineTool({
  name: 'read',
  act: 'read',
  aliases: ['read_file', 'view', 'view_file', 'cat', 'open', 'open_file'],
  argumentAliases: {
    ...pathAliases,
    start_line: 'offset',
    startLine: 'offset',
    line: 'offset',
    max_lines: 'limit',
  },
  input,
  title: ({ path, offset, limit }) =>
    quoteName(path) +
    (offset === undefined && limit === undefined
      ? ''
      : `:${offset ?? 1}-${limit === undefined ? '' : (offset ?? 1) + limit - 1}`),
  targets: ({ path }, cwd) => [{ kind: 'path', access: 'read', path: resolvePath(cwd, path) }],
  run: readFile,
});

async function readFile(request: Input, { workspace, checkedPaths, signal }: ToolContext): Promise<ToolOutput> {
  const path = resolvePath(workspace.cwd, request.path);
  const name = showPath(workspace.cwd, path);
  const checkedPath = checkedPaths?.get(path);
  const file = await openRegular(workspace, path, checkedPath);
  const { stats } = file;
  try {
    const start = await readStart(file, detectBytes);
    const kind = detectKind(start.bytes, start.isWhole);
    const wanted = { offset: request.offset, limit: request.limit };
    if (kind.kind === 'image') return await showPicture(name, kind, file, stats.size);
    if (kind.kind === 'binary' && kind.format === pdfFormat) {
      const { packages } = workspace;
      const place = { module: findPdfium(packages), packages, signal };
      return await readPdf(name, file, stats.size, { ...wanted, pages: request.pages }, place);
    }
    if (kind.kind === 'binary') throw noText(name, kind.format, stats);
    const from = request.offset ?? 1;
    const key = checkedPath ?? stampKey(path);
    const readWhole = async () => (start.isWhole ? start.bytes : await file.readFile());
    const whole = isNotebook(path, stats) ? await readWhole() : undefined;
    const cells = whole && readCells(whole.toString('utf8'));
    if (whole && cells) {
      workspace.stamps.set(await key, { mtimeMs: stats.mtimeMs, size: stats.size, hash: hashBytes(whole) });
      return showNotebook(name, cells, wanted);
    }
    const window = await readLineWindow({
      file,
      start,
      encoding: kind.encoding,
      skipBytes: kind.bomBytes,
      from,
      count: request.limit ?? readLines,
      characters: readCharacters,
      countBytes,
      signal,
    });
    const hash = stats.size <= hashedBytes ? hashBytes(whole ?? (await readWhole())) : undefined;
    workspace.stamps.set(await key, { mtimeMs: stats.mtimeMs, size: stats.size, hash });
    return {
      output: render(name, window, from, stats, describeText(kind.encoding, kind.bomBytes > 0, window)),
      view: { kind: 'text', title: name },
    };
  } finally {
    file.close();
  }
}

function noText(name: string, format: string, stats: Stats): ToolError {
  return new ToolError(
    'unreadable',
    `${name} is not text: ${format}, ${count(stats.size, 'byte')}. Look at it with a command (file, xxd, strings, unzip -l).`,
  );
}

function isNotebook(path: string, { size }: Stats): boolean {
  return path.toLowerCase().endsWith('.ipynb') && size <= maxNotebookBytes;
}

function describeText(encoding: Encoding, hasMark: boolean, window: LineWindow): string[] {
  const words = describeEncoding(encoding, hasMark);
  return [...(words ? [words] : []), ...(window.hasCarriageReturns ? ['CRLF line endings'] : [])];
}

function render(name: string, window: LineWindow, from: number, stats: Stats, notes: readonly string[]): string {
  const { lines, totalLines } = window;
  if (totalLines === 0) return `(${name} is empty.)`;
  if (lines.length === 0)
    throw new ToolError(
      'bad-arguments',
      `${name} has only ${count(totalLines ?? 0, 'line')}; offset ${from} is past its end.`,
    );
  const last = from + lines.length - 1;
  const body = lines.map(
    ({ text, cut }, index) =>
      `${from + index}\t${text}${cut === undefined ? '' : ` [… cut: the line has ${cut} characters]`}`,
  );
  const facts: string[] = [];
  if (last !== totalLines || from > 1)
    facts.push(`lines ${from}-${last} of ${totalLines ?? `more (${count(stats.size, 'byte')})`}`);
  if (last !== totalLines) facts.push(`go on with offset ${last + 1}`);
  const cutAt = lines.findIndex(({ cut }) => cut !== undefined);
  if (cutAt !== -1)
    facts.push(
      `the rest of a long line: shell, e.g. sed -n ${from + cutAt}p FILE | cut -c${lineCharacters + 1}-${lineCharacters * 3}`,
    );
  if (last === totalLines && !window.hasFinalNewline) facts.push('no newline at the end of the file');
  facts.push(...notes);
  return facts.length === 0 ? body.join('\n') : `${body.join('\n')}\n[${facts.join('; ')}]`;
}
