import { basename, join, relative } from 'node:path';
import { createContext, Script } from 'node:vm';
import { messageOf } from '../../src/core/errors.ts';
import { escapePattern, matchPaths, readingsOf, splitPattern } from '../../src/core/text/path-pattern.ts';
import { ToolError } from '../../src/core/tool.ts';
import { detectBytes, detectKind } from '../file/file-kind.ts';
import { openRegular } from '../file/open-file.ts';
import { forgiveAccents } from './accent-pattern.ts';
import type { GrepReport, Search } from './grep-report.ts';
import { listFiles } from './list-files.ts';
import { readStart, scanLines } from './scan-lines.ts';

/** Characters of a line that are searched. */
const searchedCharacters = 64 * 1024;
const linesAtOnce = 2000;
/** A pattern that takes longer on one batch of lines backtracks without end. */
const batchTimeoutMs = 2000;

/** Searches without ripgrep: JavaScript's own regular expressions over the same files. Binary files are left out. */
export async function grepBuiltIn(search: Search, report: GrepReport, signal: AbortSignal): Promise<void> {
  const test = makeTest(search);
  const files = search.isFile ? [search.place] : await filesOf(search, signal);
  for (const file of files) if (!(await searchFile(file, search, report, test, signal))) return;
}

async function filesOf(search: Search, signal: AbortSignal): Promise<string[]> {
  const { glob, hidden, ignored, below } = search;
  const { files } = await listFiles(search.place, { hidden, ignored, below, signal });
  if (glob === undefined) return files.map((file) => join(search.place, file));
  const isExcluding = /^!(?!\()/.test(glob);
  const isMatch = matchGlob(isExcluding ? glob.slice(1) : glob, search);
  return files.filter((file) => isMatch(file) !== isExcluding).map((file) => join(search.place, file));
}

/** A glob with a slash counts from the place of the search or, as with ripgrep, from the working folder; one without is about names. */
function matchGlob(glob: string, { place: path, cwd }: Search): (file: string) => boolean {
  if (!glob.includes('/')) {
    const isMatch = matchPaths(readingsOf(glob), { dot: true });
    return (file) => isMatch(basename(file));
  }
  const bare = glob.replace(/^\//, '');
  const [below, fromCwd] = [path, cwd].map((base) => {
    const { literal, rest } = splitPattern(base, bare);
    const standing = [escapePattern(literal), rest].filter((part) => part !== '').join('/');
    return matchPaths(
      readingsOf(standing).flatMap((each) => [each, `${each}/**`]),
      { dot: true },
    );
  });
  return (file) => below!(file) || fromCwd!(relative(cwd, join(path, file)));
}

type Test = (lines: readonly string[]) => boolean[];

/** Tests lines in batches inside a context that can be interrupted, since a regular expression itself can't be. */
function makeTest({ pattern, ignoreCase }: Search): Test {
  const inline = /^\(\?i\)/.test(pattern);
  let expression: RegExp;
  try {
    expression = new RegExp(forgiveAccents(inline ? pattern.slice(4) : pattern), ignoreCase || inline ? 'i' : '');
  } catch (error) {
    throw new ToolError('bad-arguments', `The pattern is not a regular expression: ${messageOf(error)}`);
  }
  const sandbox: { expression: RegExp; lines: readonly string[]; found: boolean[] } = {
    expression,
    lines: [],
    found: [],
  };
  const context = createContext(sandbox);
  const script = new Script('found = lines.map((line) => expression.test(line))');
  return (lines) => {
    sandbox.lines = lines;
    try {
      script.runInContext(context, { timeout: batchTimeoutMs });
    } catch {
      throw new ToolError(
        'bad-arguments',
        `The pattern took longer than ${batchTimeoutMs / 1000} s on ${lines.length} lines; it seems to backtrack without end. Write it more strictly.`,
      );
    }
    return sandbox.found;
  };
}

/** False when the report has enough. A file that can't be opened any more is passed over. */
async function searchFile(
  file: string,
  search: Search,
  report: GrepReport,
  test: Test,
  signal: AbortSignal,
): Promise<boolean> {
  const opened = await openRegular(search, file, file).catch(() => undefined);
  if (!opened) return true;
  try {
    const start = await readStart(opened, detectBytes);
    const kind = detectKind(start.bytes, start.isWhole);
    if (kind.kind !== 'text') return true;
    const found = createFinder(file, search, report, test);
    await scanLines(
      { file: opened, start, encoding: kind.encoding, skipBytes: kind.bomBytes, keep: searchedCharacters, signal },
      ({ text }) => found.addLine(text),
    );
    return found.finish();
  } finally {
    opened.close();
  }
}

/** Collects lines into batches, tests them and reports matches with the lines around them. */
function createFinder(
  file: string,
  { mode, context }: Search,
  report: GrepReport,
  test: Test,
): { addLine: (text: string) => boolean; finish: () => boolean } {
  let batch: string[] = [];
  let before: string[] = [];
  let number = 0;
  let matches = 0;
  let after = 0;
  let shouldContinue = true;
  const takeLine = (text: string, isMatch: boolean) => {
    number += 1;
    if (isMatch) matches += 1;
    if (mode !== 'lines') return mode === 'count' || matches === 0;
    if (isMatch) {
      const start = number - before.length;
      before.forEach((line, index) => void report.addLine(file, start + index, line, false));
      before = [];
      after = context;
      return report.addLine(file, number, text, true);
    }
    if (after > 0) {
      after -= 1;
      return report.addLine(file, number, text, false);
    }
    if (context > 0) before = [...before, text].slice(-context);
    return true;
  };
  const flush = () => {
    const lines = batch;
    batch = [];
    const isMatch = test(lines);
    shouldContinue = shouldContinue && lines.every((line, index) => takeLine(line, isMatch[index] ?? false));
    return shouldContinue;
  };
  return {
    addLine: (text) => {
      batch.push(text);
      return batch.length < linesAtOnce || flush();
    },
    finish: () => {
      flush();
      if (mode !== 'lines') return matches === 0 || report.addFile(file, matches);
      return shouldContinue;
    },
  };
}
