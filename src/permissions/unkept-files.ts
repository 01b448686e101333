import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { runGitSafely } from '../core/process/safe-git.ts';
import { programName, type SimpleCommand } from '../core/shell/read-script.ts';
import type { PermissionPlaces } from './path-kinds.ts';
import { startedCommands } from './started-commands.ts';

/** What a build, a program or a check makes again. */
const remade = new RegExp(
  `^(${[
    'node_modules|bower_components|vendor|Pods|\\.pnpm-store|\\.yarn|\\.pnp\\..*|\\.?venv|\\.tox|\\.nox|\\.eggs|.*\\.egg-info|\\.bundle|\\.dart_tool|\\.terraform',
    'dist|build|_build|out|target|bin|obj|generated|\\.output|\\.next|\\.nuxt|\\.svelte-kit|\\.astro|\\.docusaurus|\\.expo|\\.angular|\\.serverless|storybook-static|DerivedData|\\.gradle',
    'coverage|htmlcov|\\.nyc_output|\\.coverage|test-results|playwright-report|\\.?cache|\\.turbo|\\.parcel-cache|\\.vite|__pycache__|\\.(pytest|mypy|ruff)_cache',
    'tmp|temp|logs?|\\.DS_Store|\\.eslintcache|.*\\.(log|tmp|swp|pyc|pyo|o|a|so|dll|dylib|obj|class|jar|whl|tsbuildinfo|map|min\\.js)',
  ].join('|')})$`,
  'i',
);

/** Files above this are in no checkpoint unless they are in git: the default of `checkpoints.maxFileMegabytes`. */
const maxKeptBytes = 10_000_000;
const maxLooked = 2_000;

/**
 * Files that a command deletes by its words and that no checkpoint could bring back: git ignores them, or they are large and new. Not what
 * is made again by a build, nor what came into being after `startedAtMs`. Paths from the folder in which the command runs.
 */
export function findUnkept(command: SimpleCommand, places: PermissionPlaces, startedAtMs: number): string[] {
  const found = startedCommands(command, places.home)
    .filter(({ where }) => where === undefined)
    .flatMap(({ command: started }) => {
      const patterns = deletedBy(started);
      return patterns.length === 0 ? [] : unkeptIn(started.folder, patterns, startedAtMs);
    });
  return [...new Set(found)];
}

/** Pathspecs of git for what a command deletes or empties; none for a command that does no such thing, or whose words do not tell. */
function deletedBy({ words }: SimpleCommand): string[] {
  const [first, ...args] = words;
  const name = programName(first?.value ?? '');
  if (/^(rm|unlink|shred|rimraf|trash|srm|truncate)$/.test(name))
    return args
      .filter(({ value }) => !value.startsWith('-'))
      .flatMap(({ value, isKnown, likely }) =>
        isKnown ? [`:(literal)${value}`] : likely.map((each) => `:(glob)${each}`),
      )
      .filter((pattern) => !/[$`]/.test(pattern));
  const values = args.map(({ value }) => value);
  const deletes =
    values.includes('-delete') ||
    values.some((value, at) => /^-exec(dir)?$/.test(value) && /^(rm|shred|unlink)$/.test(values[at + 1] ?? ''));
  if (name !== 'find' || !deletes) return [];
  const start = values.findIndex((value) => /^[-(!]/.test(value));
  const roots = start === 0 ? ['.'] : values.slice(0, start);
  const names = values.filter((_, at) => /^-i?name$/.test(values[at - 1] ?? ''));
  return roots.flatMap((root) =>
    names.length === 0 ? [`:(literal)${root}`] : names.map((each) => `:(glob)${join(root, '**', each)}`),
  );
}

function unkeptIn(folder: string, patterns: readonly string[], startedAtMs: number): string[] {
  const list = (specs: readonly string[], ...options: readonly string[]) =>
    specs.length === 0
      ? []
      : (runGitSafely(folder, ['ls-files', '-z', '--others', '--exclude-standard', ...options, '--', ...specs]) ?? '')
          .split('\0')
          .filter((path) => path !== '' && !path.split('/').some((part) => remade.test(part)))
          .slice(0, maxLooked);
  const isLiteral = (pattern: string) => pattern.startsWith(':(literal)');
  const [named, globs] = [patterns.filter(isLiteral), patterns.filter((each) => !isLiteral(each))];
  // A folder that git ignores as a whole is one entry there, whatever the pattern says.
  const ignored = [...list(named, '--ignored', '--directory'), ...list(globs, '--ignored')];
  const large = list(patterns).filter((path) => sizeOf(resolve(folder, path)) > maxKeptBytes);
  return [...ignored, ...large].filter((path) => existedAt(resolve(folder, path), startedAtMs));
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Whether it was there before; where the system does not tell, as far as its last change says. */
function existedAt(path: string, timeMs: number): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && (stats.birthtimeMs || stats.mtimeMs) < timeMs;
}
