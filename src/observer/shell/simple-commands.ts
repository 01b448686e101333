import { readScript, type SimpleCommand as ScriptCommand } from '../../core/shell/read-script.ts';
import { rememberLatest } from '../step/remember-latest.ts';

/** One simple command of a shell line: its words without quotes, where its output goes, and what it is fed. */
export type SimpleCommand = {
  readonly words: readonly string[];
  /** Files that redirections write (`>`, `>>`, `>|`, `&>`). */
  readonly writes: readonly { readonly path: string; readonly isAppend: boolean }[];
  /** The body of a here-document or here-string. */
  readonly input?: string;
  /** Which shell in brackets runs it, '/12'; absent for the line's own. */
  readonly subshell?: string;
};

const maxLength = 100_000;

/**
 * The simple commands of a shell line, also those inside loops, functions and substitutions, with the values of plain variables and of loops over
 * a list put in. Reads at most 100,000 characters, and of what is not valid shell as much as can be read.
 */
export function readCommands(line: string): readonly SimpleCommand[] {
  return knownLines(line, () => readAnew(line));
}

/** One call's line is asked about several times, and the same lines come again in a run. */
const knownLines = rememberLatest<readonly SimpleCommand[]>(30);

function readAnew(line: string): readonly SimpleCommand[] {
  return readScript(line.slice(0, maxLength).replaceAll('\0', ''), { home: '~', cwd: '/' })
    .commands.map(simplify)
    .filter(({ words, writes }) => words.length > 0 || writes.length > 0);
}

function simplify({ words, writes, input: [input], subshell }: ScriptCommand): SimpleCommand {
  return {
    words: words.flatMap(({ likely }) => likely),
    writes: writes.flatMap(({ likely, isAppend }) => likely.filter(isRealFile).map((path) => ({ path, isAppend }))),
    ...(subshell !== '' && { subshell }),
    ...(input !== undefined && { input: input.replace(/\n$/, '') }),
  };
}

function isRealFile(path: string): boolean {
  return path !== '' && !/^\/dev\/(?:null|stdout|stderr|tty)$/.test(path);
}

/**
 * Follows the folder in which the commands of a line run, one after the other: `moveTo` says that a command leaves for another one. A `cd` in brackets
 * moves nothing behind them.
 */
export function followFolders(start: string): {
  readonly folderOf: (command: SimpleCommand) => string;
  readonly moveTo: (command: SimpleCommand, folder: string) => void;
} {
  const known = new Map<string, string>();
  const look = (shell: string): string =>
    known.get(shell) ?? (shell === '' ? start : look(shell.slice(0, shell.lastIndexOf('/'))));
  return {
    folderOf: ({ subshell = '' }) => look(subshell),
    moveTo: ({ subshell = '' }, folder) => {
      known.set(subshell, folder);
    },
  };
}
