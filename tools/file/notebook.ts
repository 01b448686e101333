import { isObject, parseJson } from '../../src/core/text/json.ts';
import type { ToolOutput } from '../../src/core/tool.ts';
import type { JsonObject } from '../../src/core/types.ts';
import { type TextWindow, windowOf } from './text-window.ts';

/** Characters of one output that are shown; training logs have no end. */
const maxOutputLength = 2_000;
/** Pictures of a notebook that are shown, and the length of each as base64. */
const maxPictures = 5;
const maxPictureLength = 2_000_000;

/** The cells of a Jupyter notebook (nbformat 4); undefined for JSON that isn't one. */
export function readCells(text: string): readonly JsonObject[] | undefined {
  const notebook = parseJson(text);
  if (!isObject(notebook) || !Array.isArray(notebook.cells) || typeof notebook.nbformat !== 'number') return undefined;
  return notebook.cells.filter(isObject);
}

/** A text that a notebook keeps in one piece or as a list of lines. */
export function joinText(value: unknown): string {
  if (Array.isArray(value)) return value.filter((line) => typeof line === 'string').join('');
  return typeof value === 'string' ? value : '';
}

/** A notebook as a reader sees it: each cell with its source, and the outputs of code, their pictures shown. */
export function showNotebook(name: string, cells: readonly JsonObject[], window: TextWindow): ToolOutput {
  const images: string[] = [];
  const text = cells.map((cell, index) => showCell(cell, index + 1, images)).join('\n');
  const kept = images.filter((url) => url.length <= maxPictureLength).slice(0, maxPictures);
  const left = images.length - kept.length;
  const note = left > 0 ? `\n[${left} of its ${images.length} pictures left out]` : '';
  return {
    output: cells.length === 0 ? `(${name} is a notebook without cells.)` : windowOf(name, text, window) + note,
    ...(kept.length > 0 ? { images: kept } : {}),
    view: { kind: 'text', title: name },
  };
}

/** The line above a cell; edits name cells by it. */
export function cellHeading(cell: JsonObject, number: number): string {
  const count = typeof cell.execution_count === 'number' ? `, run ${cell.execution_count}` : '';
  return `--- cell ${number}, ${String(cell.cell_type ?? 'code')}${count} ---`;
}

function showCell(cell: JsonObject, number: number, images: string[]): string {
  const outputs = Array.isArray(cell.outputs) ? cell.outputs.filter(isObject) : [];
  const shown = outputs.map((output) => showOutput(output, images)).filter((each) => each !== '');
  return [
    cellHeading(cell, number),
    joinText(cell.source),
    ...(shown.length > 0 ? [`--- output of cell ${number} ---`, ...shown] : []),
  ].join('\n');
}

function showOutput(output: JsonObject, images: string[]): string {
  if (output.output_type === 'stream') return shorten(joinText(output.text));
  if (output.output_type === 'error') return shorten(`${String(output.ename)}: ${String(output.evalue)}`);
  const data = isObject(output.data) ? output.data : {};
  for (const type of ['image/png', 'image/jpeg'] as const) {
    const picture = joinText(data[type]).replace(/\s/g, '');
    if (picture === '') continue;
    images.push(`data:${type};base64,${picture}`);
    return `(picture ${images.length})`;
  }
  return shorten(joinText(data['text/plain']));
}

function shorten(text: string): string {
  const plain = text.replace(/\u001b\[[0-9;]*m/g, '').trimEnd();
  return plain.length > maxOutputLength
    ? `${plain.slice(0, maxOutputLength)}\n[… ${plain.length - maxOutputLength} characters more]`
    : plain;
}
