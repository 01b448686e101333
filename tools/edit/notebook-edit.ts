import { randomBytes } from 'node:crypto';
import { isObject, parseJson } from '../../src/core/text/json.ts';
import { ToolError } from '../../src/core/tool.ts';
import type { JsonObject } from '../../src/core/types.ts';
import { cellHeading, joinText } from '../file/notebook.ts';

const heading = /^--- cell(?: (\d+))?(?:, (code|markdown|raw))?(?:, run \d+)? ---$/;

type Section = { readonly number: number | undefined; readonly type: string | undefined; readonly source: string };

/** The sources of a notebook's cells below the headings that `read` gives them: what edits are made in. */
export function sourcesOf(cells: readonly JsonObject[]): string {
  return cells.map((cell, index) => `${cellHeading(cell, index + 1)}\n${joinText(cell.source)}`).join('\n');
}

/**
 * A notebook after an edit of its sources: changed cells lose their outputs, cells whose heading is gone are removed, and a heading that is
 * new makes a cell (`--- cell, code ---`). Everything else in the file stays byte for byte. Throws a ToolError for text above all cells.
 */
export async function rewriteNotebook(
  name: string,
  raw: string,
  cells: readonly JsonObject[],
  sources: string,
): Promise<string> {
  const { applyEdits, modify } = await import('jsonc-parser');
  const sections = readSections(name, sources);
  const kept = new Set(sections.flatMap(({ number }) => (number !== undefined && cells[number - 1] ? [number] : [])));
  const options = { formattingOptions: { insertSpaces: true, tabSize: indentOf(raw), eol: '\n' } };
  let text = raw;
  const set = (path: (string | number)[], value: unknown, isArrayInsertion = false) => {
    text = applyEdits(text, modify(text, path, value, { ...options, isArrayInsertion }));
  };
  for (let index = cells.length - 1; index >= 0; index -= 1) if (!kept.has(index + 1)) set(['cells', index], undefined);
  const seen = new Set<number>();
  for (const [place, { number, type, source }] of sections.entries()) {
    const cell = number === undefined || seen.has(number) ? undefined : cells[number - 1];
    if (number === undefined || cell === undefined) {
      set(['cells', place], newCell(type ?? 'code', source, usesIds(raw)), true);
      continue;
    }
    seen.add(number);
    if (source === joinText(cell.source)) continue;
    set(['cells', place, 'source'], typeof cell.source === 'string' ? source : splitLines(source));
    if ('outputs' in cell) set(['cells', place, 'outputs'], []);
    if ('execution_count' in cell) set(['cells', place, 'execution_count'], null);
  }
  return text;
}

function readSections(name: string, sources: string): Section[] {
  const sections: { number: number | undefined; type: string | undefined; lines: string[] }[] = [];
  for (const line of sources.split('\n')) {
    const match = heading.exec(line);
    if (match) sections.push({ number: match[1] ? Number(match[1]) : undefined, type: match[2], lines: [] });
    else if (sections.length > 0) sections.at(-1)?.lines.push(line);
    else if (line.trim() !== '')
      throw new ToolError(
        'bad-arguments',
        `Nothing was changed in ${name}: the text of a notebook is in cells; begin a new one with the line "--- cell, code ---".`,
      );
  }
  if (isOutOfOrder(sections.flatMap(({ number }) => (number === undefined ? [] : [number]))))
    throw new ToolError(
      'bad-arguments',
      `Nothing was changed in ${name}: its cells keep their order; to move one, remove it and add it again.`,
    );
  return sections.map(({ lines, ...section }) => ({ ...section, source: lines.join('\n') }));
}

function isOutOfOrder(numbers: readonly number[]): boolean {
  return numbers.some((number, index) => index > 0 && number < (numbers[index - 1] ?? 0));
}

function newCell(type: string, source: string, hasId: boolean): JsonObject {
  return {
    cell_type: type,
    ...(type === 'code' ? { execution_count: null } : {}),
    ...(hasId ? { id: randomBytes(4).toString('hex') } : {}),
    metadata: {},
    ...(type === 'code' ? { outputs: [] } : {}),
    source: splitLines(source),
  };
}

/** As notebooks keep it: each line with its break. */
function splitLines(source: string): string[] {
  return source === '' ? [] : source.split(/(?<=\n)/);
}

/** Cells have ids from version 4.5 on. */
function usesIds(raw: string): boolean {
  const notebook = parseJson(raw);
  if (!isObject(notebook)) return false;
  return Number(notebook.nbformat) > 4 || Number(notebook.nbformat_minor) >= 5;
}

function indentOf(raw: string): number {
  return /^[[{]\n( +)/.exec(raw)?.[1]?.length ?? 1;
}
