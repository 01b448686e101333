import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { count } from '../src/core/text/count.ts';
import { escapePattern, matchPaths, readingsOf, splitPattern } from '../src/core/text/path-pattern.ts';
import { defineTool, type ToolContext, ToolError, type ToolOutput } from '../src/core/tool.ts';
import { describeNearest } from './file/nearest.ts';
import { quoteName, resolvePath, showPath } from './file/paths.ts';
import { requirePlace } from './file/require-place.ts';
import { comparePaths, describeDenied, describeIgnored, describeStopped, listNamed } from './search/list-files.ts';
import { trueNames } from './search/true-names.ts';
import { flag, optionalText } from './shared/arguments.ts';
import { globFiles } from './shared/limits.ts';
import { watchForCommands } from './shell/live-commands.ts';

const input = z.object({
  pattern: z.string().min(1).default('*'),
  path: optionalText(),
  hidden: flag(),
  ignored: flag(),
});
type Input = z.infer<typeof input>;

/** Lists files by a pattern; folders too where the pattern does not reach through them with `**`. */
export const globTool = defineTool({
  name: 'glob',
  act: 'search',
  aliases: [
    'ls',
    'list',
    'list_dir',
    'list_directory',
    'list_files',
    'find',
    'find_files',
    'file_search',
    'glob_file_search',
  ],
  argumentAliases: {
    glob: 'pattern',
    glob_pattern: 'pattern',
    query: 'pattern',
    directory: 'path',
    dir: 'path',
    folder: 'path',
    dir_path: 'path',
    target_directory: 'path',
    include_hidden: 'hidden',
    include_ignored: 'ignored',
    no_ignore: 'ignored',
  },
  input,
  title: ({ pattern, path }) => quoteName(path === undefined ? pattern : join(path, pattern)),
  targets: (request, cwd) => [{ kind: 'path', access: 'read', path: placeOf(request, cwd).folder }],
  run: findFiles,
});

/** The fixed folder in which a pattern looks, and the rest of the pattern, relative to it. */
function placeOf({ pattern, path }: Input, cwd: string): { folder: string; rest: string } {
  const start = resolvePath(cwd, path ?? '.');
  const { literal, rest } = splitPattern(start, pattern);
  const place = resolvePath(start, literal || '.');
  if (rest === '' && pattern.endsWith('/')) return { folder: place, rest: '*' };
  return rest === '' ? { folder: dirname(place), rest: escapePattern(basename(place)) } : { folder: place, rest };
}

async function findFiles(request: Input, { workspace, checkedPaths, signal }: ToolContext): Promise<ToolOutput> {
  const { folder, rest } = placeOf(request, workspace.cwd);
  const real = checkedPaths?.get(folder) ?? folder;
  const stats = await stat(real).catch(() => undefined);
  if (!stats)
    throw new ToolError(
      'missing-path',
      `${showPath(workspace.cwd, folder)} does not exist.${await describeNearest(workspace, folder, checkedPaths?.get(folder))}`,
    );
  if (!stats.isDirectory())
    throw new ToolError(
      'bad-arguments',
      `${showPath(workspace.cwd, folder)} is not a folder. Look at files with read.`,
    );
  if (checkedPaths?.has(folder)) await requirePlace(showPath(workspace.cwd, folder), real);
  const hidden = request.hidden ?? false;
  const mayHaveChanged = await watchForCommands();
  const listed = await listNamed(real, { hidden, ignored: request.ignored ?? false, signal });
  const { isCut, wasIgnored, stopped } = listed;
  const isDenied = workspace.denies?.();
  const files = isDenied ? listed.files.filter((file) => !isDenied(join(real, file))) : listed.files;
  const isMatch = matchPaths(readingsOf(rest), { dot: hidden || /(^|\/)\\?\./.test(rest) });
  const withFolders = rest.includes('**') ? files : [...files, ...foldersOf(files)].sort(comparePaths);
  const found = withFolders.filter((file) => isMatch(file.endsWith('/') ? file.slice(0, -1) : file));
  const first = found.slice(0, globFiles);
  const there = mayHaveChanged() && checkedPaths ? await trueNames(real, first) : first;
  const shown = there.map((file) => showPath(workspace.cwd, join(folder, file)) + (file.endsWith('/') ? '/' : ''));
  const view = { kind: 'list', title: quoteName(request.pattern), items: shown } as const;
  const denied = listed.files.some((file) => isMatch(file) && isDenied?.(join(real, file))) ? [describeDenied] : [];
  if (stopped !== undefined && found.length === 0)
    throw new ToolError(
      'timeout',
      `The listing of ${showPath(workspace.cwd, folder)} was given up: ${stopped}. Name a path that is clear of that.`,
    );
  if (found.length === 0) return { output: [describeNone(request, rest, files), ...denied].join('\n'), view };
  const more =
    found.length > first.length
      ? [`[… ${count(found.length - first.length, 'more file')}; narrow the pattern or name a path]`]
      : [];
  const moved = there.length < first.length ? ['[some of it was moved while it was listed]'] : [];
  const cut = isCut ? ['[the folder holds more files than can be listed; name a path below it]'] : [];
  const early = stopped === undefined ? [] : [describeStopped(stopped)];
  const note = wasIgnored ? [describeIgnored(showPath(workspace.cwd, folder))] : [];
  return { output: [...shown, ...moved, ...more, ...cut, ...early, ...note, ...denied].join('\n'), view };
}

function foldersOf(files: readonly string[]): string[] {
  const folders = new Set<string>();
  for (const file of files) {
    for (
      let end = file.lastIndexOf('/');
      end > 0 && !folders.has(file.slice(0, end + 1));
      end = file.lastIndexOf('/', end - 1)
    )
      folders.add(file.slice(0, end + 1));
  }
  return [...folders];
}

function describeNone(
  { pattern, hidden = false, ignored = false }: Input,
  rest: string,
  files: readonly string[],
): string {
  const isDeeper = matchPaths(readingsOf(`**/${rest}`), { dot: hidden });
  const deeper = rest.includes('**') ? 0 : files.filter((file) => isDeeper(file)).length;
  const hint = deeper > 0 ? ` **/${rest} matches ${count(deeper, 'file')}.` : '';
  const left = [
    ...(ignored ? [] : ['what .gitignore names (ignored: true includes it)']),
    ...(hidden ? [] : ['hidden files']),
  ].join(' and ');
  return `No file matches ${quoteName(pattern)} (${count(files.length, 'file')} looked at${left === '' ? '' : `; left out: ${left}`}).${hint}`;
}
