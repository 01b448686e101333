import { realpathSync } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import * as z from 'zod';
import { count } from '../src/core/text/count.ts';
import { splitPattern } from '../src/core/text/path-pattern.ts';
import { defineTool, type ToolContext, ToolError, type ToolOutput, type Workspace } from '../src/core/tool.ts';
import { describeNearest } from './file/nearest.ts';
import { pathInput, quoteName, resolvePath, showPath } from './file/paths.ts';
import { requirePlace } from './file/require-place.ts';
import { grepBuiltIn } from './search/grep-built-in.ts';
import { createReport, type GrepReport, type Search } from './search/grep-report.ts';
import { grepWithRipgrep } from './search/grep-ripgrep.ts';
import { describeDenied, describeIgnored, describeStopped, listNamed } from './search/list-files.ts';
import { findRipgrep } from './search/ripgrep.ts';
import { flag, optionalText, wholeNumber } from './shared/arguments.ts';
import { watchForCommands } from './shell/live-commands.ts';

const input = z.object({
  pattern: z.string().min(1, 'the pattern is empty').describe('regular expression'),
  path: z.preprocess((path) => (path === null || path === '' ? undefined : path), pathInput.optional()),
  glob: optionalText().describe('only files like *.ts'),
  ignoreCase: flag(),
  context: wholeNumber(0, 20).describe('lines around'),
  mode: z.preprocess(plainMode, z.enum(['lines', 'files', 'count']).optional()),
  hidden: flag(),
  ignored: flag(),
});
type Input = z.infer<typeof input>;

/** Searches file contents by a regular expression. */
export const grepTool = defineTool({
  name: 'grep',
  act: 'search',
  aliases: [
    'search',
    'rg',
    'ripgrep',
    'grep_search',
    'search_files',
    'search_file_content',
    'search_code',
    'codebase_search',
  ],
  argumentAliases: {
    query: 'pattern',
    regex: 'pattern',
    search: 'pattern',
    include: 'glob',
    include_pattern: 'glob',
    file_pattern: 'glob',
    output_mode: 'mode',
    '-i': 'ignoreCase',
    ignore_case: 'ignoreCase',
    case_insensitive: 'ignoreCase',
    '-C': 'context',
    directory: 'path',
    dir_path: 'path',
    include_hidden: 'hidden',
    include_ignored: 'ignored',
    no_ignore: 'ignored',
  },
  input,
  title: ({ pattern, path, glob }) =>
    [quoteName(pattern), path && quoteName(path), glob && quoteName(glob)].filter(Boolean).join(' in '),
  targets: ({ path }, cwd) => [{ kind: 'path', access: 'read', path: resolvePath(cwd, path ?? '.') }],
  run: searchFiles,
});

/** Modes as other agents name them. */
function plainMode(mode: unknown): unknown {
  if (mode === null || mode === '') return undefined;
  if (mode === 'content') return 'lines';
  return mode === 'files_with_matches' ? 'files' : mode;
}

async function searchFiles(request: Input, { workspace, checkedPaths, signal }: ToolContext): Promise<ToolOutput> {
  const path = resolvePath(workspace.cwd, request.path ?? '.');
  const name = showPath(workspace.cwd, path);
  const checkedPath = checkedPaths?.get(path);
  const place = checkedPath ?? (await realpath(path).catch(() => path));
  const stats = await stat(place).catch(() => undefined);
  if (!stats)
    throw new ToolError(
      'missing-path',
      `${name} does not exist.${await describeNearest(workspace, path, checkedPath)}`,
    );
  if (!stats.isDirectory() && !stats.isFile())
    throw new ToolError('unreadable', `${name} is neither a folder nor a regular file, so it can't be searched.`);
  if (checkedPath !== undefined && stats.isDirectory()) await requirePlace(name, checkedPath);
  const search: Search = {
    cwd: workspace.cwd,
    path,
    place,
    isFile: stats.isFile(),
    pattern: request.pattern,
    glob: request.glob,
    ignoreCase: request.ignoreCase ?? false,
    context: request.context ?? 0,
    mode: request.mode ?? 'lines',
    hidden: request.hidden ?? false,
    ignored: request.ignored ?? false,
    below: false,
  };
  const first = await runSearch(search, workspace, signal);
  const isIgnored =
    first.files === 0 &&
    first.stopped === undefined &&
    !search.isFile &&
    (await listNamed(place, { ...search, signal })).wasIgnored;
  const found = isIgnored ? await runSearch({ ...search, below: true }, workspace, signal) : first;
  const { text, matches, files, stopped } = found;
  if (files === 0 && stopped !== undefined)
    throw new ToolError(
      'timeout',
      `The search of ${name} was given up: ${stopped}. Name a path that is clear of that.`,
    );
  const note =
    (found.secret
      ? '\n[Files that look like they hold secrets, or that rules of the user ask about, were left out; name one as path to ask for it.]'
      : '') +
    (found.denied ? `\n${describeDenied}` : '') +
    (stopped === undefined ? '' : `\n${describeStopped(stopped)}`) +
    (isIgnored ? `\n${describeIgnored(name)}` : '');
  const title = `${quoteName(request.pattern)}: ${count(matches, search.mode === 'files' ? 'file' : 'match').replace(/matchs$/, 'matches')}`;
  if (files === 0)
    return {
      output: describeNone(search, name) + note,
      view: { kind: 'text', title: `${quoteName(request.pattern)}: nothing` },
    };
  return { output: text + note, view: { kind: 'text', title } };
}

/** What a search of a folder passed over. */
type LeftOut = { readonly secret: boolean; readonly denied: boolean };

type Found = ReturnType<GrepReport['finish']> & LeftOut & { readonly stopped: string | undefined };

/**
 * ripgrep does not know all the patterns that glob knows; what has brackets or parentheses in it is matched by ours. It opens folders by
 * their names, so while a command runs that could swap them for links it runs where it sees no more than that command.
 */
async function runSearch(search: Search, workspace: Workspace, signal: AbortSignal): Promise<Found> {
  const run = async (fill: (report: GrepReport) => Promise<string | undefined>) => {
    const whole = createReport(search);
    const { report, leftOut } = leaveSecretsOut(whole, search, workspace);
    const stopped = await fill(report);
    return { ...whole.finish(), ...leftOut, stopped };
  };
  const ripgrep = needsOurMatching(search) ? undefined : findRipgrep(search.cwd);
  if (ripgrep === undefined)
    return await run(async (report) => {
      await grepBuiltIn(search, report, signal);
      return undefined;
    });
  if (search.isFile) return await run((report) => grepWithRipgrep({ ripgrep }, search, report, signal));
  const mayHaveChanged = await watchForCommands();
  const isConfined = mayHaveChanged() && isWithin(workspace, search.place);
  const wrap = isConfined ? workspace.wrapCommand : undefined;
  const found = await run((report) => grepWithRipgrep({ ripgrep, wrap }, search, report, signal));
  // One that was started meanwhile may have led it elsewhere.
  return wrap === undefined && found.stopped === undefined && mayHaveChanged()
    ? await runSearch(search, workspace, signal)
    : found;
}

/** Whether commands that nobody was asked about can write there. */
function isWithin({ roots }: Workspace, place: string): boolean {
  return roots.map((root) => realpathSync(root)).some((root) => `${place}/`.startsWith(`${root}/`));
}

function needsOurMatching({ glob, place, cwd }: Search): boolean {
  if (glob === undefined) return false;
  return /[()[\]]/.test(glob) || [place, cwd].some((folder) => /[{}]/.test(splitPattern(folder, glob).literal));
}

/** A search of a folder passes secrets over; a file that was named was checked by itself. Files are called as the place was named. */
function leaveSecretsOut(whole: GrepReport, { path, place }: Search, { hides, denies }: Workspace) {
  const leftOut = { secret: false, denied: false };
  const [isHidden, isDenied] = [hides?.(), denies?.()];
  const isShown = (file: string) => {
    if (file === place || !isHidden?.(file)) return true;
    leftOut[isDenied?.(file) ? 'denied' : 'secret'] = true;
    return false;
  };
  const named = (file: string) => (place === path ? file : join(path, relative(place, file)));
  const report: GrepReport = {
    ...whole,
    addLine: (file, ...rest) => !isShown(file) || whole.addLine(named(file), ...rest),
    addFile: (file, matches) => !isShown(file) || whole.addFile(named(file), matches),
  };
  return { report, leftOut };
}

function describeNone({ pattern, glob, hidden, ignored, ignoreCase }: Search, name: string): string {
  const where = glob === undefined ? name : `${name} (files like ${quoteName(glob)})`;
  const hasCapitals = !ignoreCase && /[A-Z]/.test(pattern.replace(/\\[A-Z]/g, ''));
  const tips = [...(hasCapitals ? ['ignoreCase: true'] : []), ...(glob === undefined ? [] : ['no glob'])];
  const left = [
    ...(hidden ? [] : ['hidden files']),
    ...(ignored ? [] : ['what .gitignore names (ignored: true includes it)']),
  ].join(' and ');
  return `Nothing in ${where} matches ${quoteName(pattern)}${left === '' ? '' : ` (left out: ${left})`}.${tips.length > 0 ? ` Try ${tips.join(' or ')}.` : ''}`;
}
