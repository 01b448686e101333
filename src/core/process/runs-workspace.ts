import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, resolve } from 'node:path';
import { findForeignProgram, ownPath } from './find-program.ts';
import { leadsThroughWorkspace } from './path-links.ts';

/** Programs that run what a folder holds when they are given one. */
const folderRunners =
  /^(deno|bun|uv|poetry|pdm|hatch|rye|pipenv|npm|pnpm|yarn|make|just|task|go|cargo|dotnet|gradle|mvn|bundle|(ba|da|z|fi)?sh|env)$/;
/** What follows the package or script that these start is its own. */
const starters = /^(npx|bunx|pnpx|uvx|pipx|node|nodejs|tsx|ts-node|python[\d.]*|pypy3?|java|ruby|perl|php)$/;
const codeOptions =
  /^(-p|--package|--from|--with(-editable)?|-C|--cwd|--prefix|--directory|--project|--import|--require|--loader|-[rIWX])$/;
const codeVariables =
  /^(NODE_OPTIONS|NODE_PATH|PYTHONPATH|PYTHONSTARTUP|PYTHONHOME|RUBYOPT|RUBYLIB|PERL5LIB|PERL5OPT|LD_\w+|DYLD_\w+|CLASSPATH|JAVA_TOOL_OPTIONS|BASH_ENV|ENV)$/;

/** A line that goes to the workspace by a variable or by the JSON it is given. */
const asksForWorkspace =
  /\b(cd|pushd|chdir)\b|(CLAUDE|WINK)_PROJECT_DIR|GIT_WORK_TREE|(\$\(|`)[^)`]*(\bcwd\b|current_dir|project_dir)/;

/** A program as settings name it. */
export type NamedProgram = {
  readonly command: string;
  readonly args?: readonly string[] | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
};

/**
 * Whether a program, or a file that its words name, lies in the workspace or is reached over a link in it, so that a command may have written
 * what it runs. The folders that a server is to work in don't count, those that it is started from do.
 */
export function runsWorkspace({ command, args = [], env = {} }: NamedProgram, cwd: string): boolean {
  const name = basename(command);
  const inWorkspace = (word: string) => pathsIn(word).filter((path) => leadsThroughWorkspace(path, cwd));
  const lastOfCode = starters.test(name) ? indexOfStarted(args, cwd) : folderRunners.test(name) ? args.length : -1;
  return (
    inWorkspace(command).length > 0 ||
    isLinkedThere(command, cwd) ||
    args.some((word, at) => inWorkspace(word).some((path) => at <= lastOfCode || !isFolder(path))) ||
    Object.entries(env).some(([variable, value]) => codeVariables.test(variable) && inWorkspace(value).length > 0)
  );
}

/** The same for a line for a shell. One that asks where the workspace is goes there. */
export function lineRunsWorkspace(line: string, cwd: string): boolean {
  return (
    asksForWorkspace.test(line) ||
    runsWorkspace({ command: 'sh', args: ['-c', line] }, cwd) ||
    line.split(/[\s;|&()`"'<>]+/).some((word) => word !== '' && isLinkedThere(word, cwd))
  );
}

/** A program by its name that the PATH finds as a link into the workspace, as `npm link` makes them. */
function isLinkedThere(name: string, cwd: string): boolean {
  return !name.includes('/') && findForeignProgram(name, { PATH: ownPath(process.env.PATH, cwd) }, cwd) !== undefined;
}

/** Where the first word is that neither is an option nor belongs to one; the end where that lies in the workspace. */
function indexOfStarted(args: readonly string[], cwd: string): number {
  const found = args.findIndex((word, at) => !word.startsWith('-') && !codeOptions.test(args[at - 1] ?? ''));
  return found === -1 || pathsIn(args[found]!).some((path) => leadsThroughWorkspace(path, cwd)) ? args.length : found;
}

/** The absolute paths in a word, which may be a line for a shell or an option with its value. */
function pathsIn(word: string): string[] {
  const pieces = word
    .split(/[\s=:,;'"`()&|<>]+/)
    .map((piece) => piece.replace(/^(~|\$HOME|\$\{HOME\})(?=\/|$)/, process.env.HOME ?? homedir()))
    .filter((piece) => piece.startsWith('/'));
  return [...pieces, ...(word.startsWith('/') ? [word] : [])].map((piece) => resolve(piece));
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
