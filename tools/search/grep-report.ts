import { showPath } from '../file/paths.ts';
import { grepCharacters, grepLineCharacters, grepLines } from '../shared/limits.ts';

/** A search, parsed and resolved. */
export type Search = {
  readonly cwd: string;
  /** The absolute path of the place, as it was named. */
  readonly path: string;
  /** Where it leads, as permissions checked it: nothing is read but what lies there. The path itself where nobody checked. */
  readonly place: string;
  readonly isFile: boolean;
  readonly pattern: string;
  readonly glob: string | undefined;
  readonly ignoreCase: boolean;
  readonly context: number;
  readonly mode: 'lines' | 'files' | 'count';
  readonly hidden: boolean;
  readonly ignored: boolean;
  /** Only .gitignore files in the place itself and below it count. */
  readonly below: boolean;
};

/** Gathers what an engine finds, file by file and in order. Each `add` gives false when enough was found. */
export type GrepReport = {
  readonly addLine: (path: string, line: number, text: string, isMatch: boolean) => boolean;
  readonly addFile: (path: string, matches: number) => boolean;
  readonly finish: () => { text: string; matches: number; files: number };
};

/** The report of a search: lines under their file's name, or one file a line. Paths are given absolute. */
export function createReport({ cwd, mode, context }: Search): GrepReport {
  const lines: string[] = [];
  let characters = 0;
  let matches = 0;
  let files = 0;
  let lastPath: string | undefined;
  let lastLine = 0;
  let isFull = false;
  const put = (line: string) => {
    lines.push(line);
    characters += line.length + 1;
  };
  return {
    addLine: (path, line, text, isMatch) => {
      if (isMatch && (matches >= grepLines || characters >= grepCharacters)) {
        isFull = true;
        return false;
      }
      if (path !== lastPath) {
        if (lastPath !== undefined) put('');
        put(showPath(cwd, path));
        files += 1;
      } else if (line > lastLine + 1 && context > 0) put('--');
      put(
        `${line}${isMatch ? ':' : '-'}${text.length > grepLineCharacters ? `${text.slice(0, grepLineCharacters)} […]` : text}`,
      );
      if (isMatch) matches += 1;
      lastPath = path;
      lastLine = line;
      return true;
    },
    addFile: (path, number) => {
      if (files >= grepLines) {
        isFull = true;
        return false;
      }
      put(mode === 'count' ? `${showPath(cwd, path)}: ${number}` : showPath(cwd, path));
      files += 1;
      matches += number;
      return true;
    },
    finish: () => {
      if (isFull) put('[… there are more; narrow with path, glob or a stricter pattern, or use mode files or count]');
      return { text: lines.join('\n'), matches, files };
    },
  };
}
