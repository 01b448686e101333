import { operandsOf } from './flags.ts';
import type { Part } from './part.ts';
import { type Argument, programName } from './words.ts';

/** What stands for the names that a listing gives to `xargs cat` or `find -exec cat {}`. */
export const listedName: Argument = { value: '(listed names)', isKnown: false };

/**
 * Whether a command at the head of a pipeline prints names of files and nothing else, so that a later `xargs cat` reads only what could
 * be read anyway. A command that prints contents (`grep x list`, `git log`) does not: a file could then name any other.
 */
export function listsFiles(part: Part): boolean {
  const [first, ...args] = part.words;
  const values = args.map(({ value }) => value);
  const has = (pattern: RegExp) => values.some((value) => pattern.test(value));
  switch (programName(first?.value ?? '')) {
    case 'find':
      return !has(/^-(printf|exec|execdir|ok|okdir|ls|print0?f)$/);
    case 'fd':
    case 'fdfind':
      return !has(/^(--format|-[a-zA-Z]*[xX]|--exec)/);
    case 'ls':
      return values.every((value) => !value.startsWith('-') || /^-[1aAFRtrSdpU]+$/.test(value));
    case 'grep':
    case 'egrep':
    case 'fgrep':
      return has(/^(-[a-zA-Z]*[lL][a-zA-Z]*|--files-with(out)?-match(es)?)$/) && !has(/^--label/);
    case 'rg':
      return has(/^(-[a-zA-Z]*l[a-zA-Z]*|--files|--files-with-matches|--files-without-match)$/);
    case 'git':
      return listsFilesOfGit(values);
    default:
      return false;
  }
}

function listsFilesOfGit(values: readonly string[]): boolean {
  const [subcommand, ...rest] = values;
  if (subcommand === 'ls-files')
    return rest.every((value) => !/^-(s|-stage|u|-unmerged|-eol|-format|-debug)/.test(value));
  if (subcommand === 'diff') return rest.includes('--name-only');
  return (
    subcommand === 'grep' &&
    rest.some((value) => /^(-[a-zA-Z]*[lL]|--name-only|--files-with(out)?-match(es)?)$/.test(value))
  );
}

/** Whether a command in the middle of a pipeline hands on a choice of the lines it is given, and reads nothing else. */
export function choosesLines(part: Part): boolean {
  if (part.reads.length > 0 || part.input.length > 0 || part.words.some((word) => !word.isKnown)) return false;
  const [first, ...args] = part.words;
  switch (programName(first?.value ?? '')) {
    case 'head':
    case 'tail':
      return args.every(({ value }, index) => /^(-\d+|-n\d*|\+\d+)$/.test(value) || isCount(value, args[index - 1]));
    case 'cat':
    case 'tac':
      return args.length === 0;
    case 'sort':
      return args.every(({ value }) => /^-[nrufVRz]+$/.test(value));
    case 'uniq':
    case 'shuf':
      return args.every(({ value }, index) => /^(-[ui]+|-n\d*)$/.test(value) || isCount(value, args[index - 1]));
    case 'grep':
    case 'egrep':
    case 'fgrep':
    case 'rg':
      return isPlainFilter(args);
    default:
      return false;
  }
}

function isCount(value: string, before: Argument | undefined): boolean {
  return /^[+-]?\d+$/.test(value) && before?.value === '-n';
}

function isPlainFilter(args: readonly Argument[]): boolean {
  const options = args.filter(({ value }) => value.startsWith('-'));
  return args.length - options.length === 1 && options.every(({ value }) => /^-[viEFwxPz]+$/.test(value));
}

/** Whether each name begins with the folder it was looked for in, so that none can be taken for an option (`--pre=./x`). */
export function areRooted(part: Part): boolean {
  const operands = operandsOf(part.words.slice(1)).map(({ value }) => value);
  switch (programName(part.words[0]?.value ?? '')) {
    case 'find':
      return true;
    case 'git':
      return operands.length > 1 && !/[*?[:]/.test(operands.join(''));
    default:
      return operands.length > 1;
  }
}
