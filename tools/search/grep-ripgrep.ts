import { dirname, resolve } from 'node:path';
import { ToolError, type Workspace } from '../../src/core/tool.ts';
import type { WrappedCommand } from '../../src/core/wrapped-command.ts';
import { openRegular } from '../file/open-file.ts';
import { forgiveAccents, needsLargeEngine } from './accent-pattern.ts';
import type { GrepReport, Search } from './grep-report.ts';
import { ignoring } from './list-files.ts';
import { decodePiece, runRipgrep, sameFiles } from './ripgrep.ts';

/** Longer lines are cut by ripgrep itself, in bytes; the report cuts further. */
const columns = 4000;

export type Ripgrep = {
  /** Its full path. */
  readonly ripgrep: string;
  /** Puts a sandbox around it. */
  readonly wrap?: Workspace['wrapCommand'];
};

/**
 * Searches with ripgrep and gives why that was ended before everything was searched, if it was; throws `bad-arguments` with its reason for a
 * pattern that it can't read. A single file is opened for it, and is then the one that was checked.
 */
export async function grepWithRipgrep(
  { ripgrep, wrap }: Ripgrep,
  search: Search,
  report: GrepReport,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (search.isFile) return await searchFile(ripgrep, search, report, signal);
  const args = argumentsFor(search, search.place);
  const wrapped = (await wrap?.(ripgrep, args, 'read-only')) ?? { file: ripgrep, args };
  const stopped = await readMatches(wrapped, search, report, signal);
  await wrapped.tidy?.();
  return stopped;
}

/** Only Linux has a name for what is open, whatever is put in its place meanwhile. */
async function searchFile(
  file: string,
  search: Search,
  report: GrepReport,
  signal: AbortSignal,
): Promise<string | undefined> {
  const held = await openRegular(search, search.path, search.place);
  try {
    const path = process.platform === 'linux' ? `/proc/${process.pid}/fd/${held.descriptor}` : search.place;
    return await readMatches({ file, args: argumentsFor(search, path) }, search, report, signal);
  } finally {
    held.close();
  }
}

async function readMatches(
  command: Pick<WrappedCommand, 'file' | 'args'>,
  search: Search,
  report: GrepReport,
  signal: AbortSignal,
): Promise<string | undefined> {
  let rest = '';
  const take = search.mode === 'lines' ? takeLine : search.mode === 'count' ? takeCount : takeFile;
  const separator = search.mode === 'files' ? '\0' : '\n';
  const absolute = (path: string) => (search.isFile ? search.place : resolve(search.cwd, decodePiece(path)));
  const place = { cwd: search.cwd, searched: search.isFile ? dirname(search.place) : search.place };
  const { code, stderr, stopped } = await runRipgrep(command, place, signal, (text) => {
    const records = (rest + text).split(separator);
    rest = records.pop() ?? '';
    return records.every((record) => take(record, absolute, report));
  });
  if (stopped === undefined && code !== 0 && stderr.trim() !== '')
    throw new ToolError('bad-arguments', `ripgrep can't use this search: ${stderr.trim()}`);
  return stopped;
}

function argumentsFor(search: Search, path: string): string[] {
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
    ...['-e', forgiveAccents(search.pattern, !needsLargeEngine(search.pattern)), '--', path],
  ];
}

/** The full path that a path in the output means. */
type Absolute = (path: string) => string;

/** `PATH\0LINE:TEXT`, `PATH\0LINE-TEXT` around it, `--` between places; a note on a binary file has no NUL. */
function takeLine(record: string, absolute: Absolute, report: GrepReport): boolean {
  const [, path, line, kind, text] = /^([^\0]*)\0(\d+)([:-])(.*)$/s.exec(record) ?? [];
  if (path === undefined || line === undefined || text === undefined) return true;
  return report.addLine(absolute(path), Number(line), decodePiece(text).replace(/\r$/, ''), kind === ':');
}

function takeCount(record: string, absolute: Absolute, report: GrepReport): boolean {
  const [, path, number] = /^([^\0]*)\0(\d+)$/s.exec(record) ?? [];
  return path === undefined || report.addFile(absolute(path), Number(number));
}

function takeFile(record: string, absolute: Absolute, report: GrepReport): boolean {
  return report.addFile(absolute(record), 1);
}
