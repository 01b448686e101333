import { resolve } from 'node:path';
import { ToolError } from '../../src/core/tool.ts';
import { forgiveAccents, needsLargeEngine } from './accent-pattern.ts';
import type { GrepReport, Search } from './grep-report.ts';
import { ignoring } from './list-files.ts';
import { decodePiece, runRipgrep, sameFiles } from './ripgrep.ts';

/** Longer lines are cut by ripgrep itself, in bytes; the report cuts further. */
const columns = 4000;

/** Searches with ripgrep; throws `bad-arguments` with its reason for a pattern that it can't read. */
export async function grepWithRipgrep(
  ripgrep: string,
  search: Search,
  report: GrepReport,
  signal: AbortSignal,
): Promise<void> {
  let rest = '';
  const take = search.mode === 'lines' ? takeLine : search.mode === 'count' ? takeCount : takeFile;
  const separator = search.mode === 'files' ? '\0' : '\n';
  const { code, stderr } = await runRipgrep(ripgrep, argumentsFor(search), search.cwd, signal, (text) => {
    const records = (rest + text).split(separator);
    rest = records.pop() ?? '';
    return records.every((record) => take(record, search.cwd, report));
  });
  if (code === 2 && stderr.trim() !== '')
    throw new ToolError('bad-arguments', `ripgrep can't use this search: ${stderr.trim()}`);
}

function argumentsFor(search: Search): string[] {
  const mode = {
    lines: ['--line-number', '--max-columns', String(columns), '--max-columns-preview'],
    files: ['--files-with-matches'],
    count: ['--count'],
  }[search.mode];
  return [
    ...sameFiles,
    ...mode,
    ...['--null', '--no-heading', '--with-filename', '--color', 'never', '--sort', 'path', '--engine', 'auto'],
    ...(search.hidden ? ['--hidden'] : []),
    ...ignoring(search),
    ...(search.ignoreCase ? ['--ignore-case'] : []),
    ...(search.context > 0 && search.mode === 'lines' ? ['--context', String(search.context)] : []),
    ...(search.glob === undefined || search.isFile ? [] : ['--glob', search.glob]),
    ...['-e', forgiveAccents(search.pattern, !needsLargeEngine(search.pattern)), '--', search.path],
  ];
}

/** `PATH\0LINE:TEXT`, `PATH\0LINE-TEXT` around it, `--` between places; a note on a binary file has no NUL. */
function takeLine(record: string, cwd: string, report: GrepReport): boolean {
  const [, path, line, kind, text] = /^([^\0]*)\0(\d+)([:-])(.*)$/s.exec(record) ?? [];
  if (path === undefined || line === undefined || text === undefined) return true;
  return report.addLine(
    resolve(cwd, decodePiece(path)),
    Number(line),
    decodePiece(text).replace(/\r$/, ''),
    kind === ':',
  );
}

function takeCount(record: string, cwd: string, report: GrepReport): boolean {
  const [, path, number] = /^([^\0]*)\0(\d+)$/s.exec(record) ?? [];
  return path === undefined || report.addFile(resolve(cwd, decodePiece(path)), Number(number));
}

function takeFile(record: string, cwd: string, report: GrepReport): boolean {
  return report.addFile(resolve(cwd, decodePiece(record)), 1);
}
