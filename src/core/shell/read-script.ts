import { basename, dirname } from 'node:path';
import {
  forEachChild,
  type ParsedScript,
  parse,
  type Redirection,
  type SyntaxNode,
  type Word,
  type WordPart,
} from 'unbash';
import { followFolder, type Place } from './follow-folder.ts';
import { isOneWord } from './one-word.ts';
import { feedsAll, hiddenCommand, isInput, isOwnShell, maySetVariable } from './shell-scope.ts';

/** A word as bash will see it. `isKnown` is false when an expansion or a pattern in it is not worked out; `value` is then its source. */
export type Argument = {
  readonly value: string;
  readonly isKnown: boolean;
  /** Of a word that is not known: all of it that expands is in double quotes, so that bash makes one word of it. */
  readonly isOneWord?: true;
  /** The word without quotes as the text suggests it: the values of a plain variable or a loop over a list put in, other expansions as they stand. */
  readonly likely: readonly string[];
};

/** A file that a redirection writes. */
export type WrittenFile = Argument & { readonly isAppend: boolean };

/** One simple command of a script: its words, where it is redirected to, and the text it is given to read. */
export type SimpleCommand = {
  readonly words: readonly Argument[];
  /** Names of the variables set in front of it, or by it alone. */
  readonly assigned: readonly string[];
  readonly writes: readonly WrittenFile[];
  readonly reads: readonly Argument[];
  /** Here-documents and here-strings. */
  readonly input: readonly string[];
  /** Where it runs, as far as plain `cd`s tell; `place` says how sure that is. */
  readonly folder: string;
  /** Which shell runs it: '' for the script's own, '/12/30' for one in brackets inside another. Its folder and its variables end with it. */
  readonly subshell: string;
  readonly place: Place;
  /** It is given input that its words do not name: by a pipe, a file or a here-document, its own or those of a group around it. */
  readonly isFed: boolean;
  readonly text: string;
};

export type ScriptReading = {
  readonly source: string;
  readonly commands: readonly SimpleCommand[];
  /** Why it can't be read; then nothing is said about what it holds. */
  readonly problem?: string;
  /** One simple command of known words, or several joined by `&&`, `||`, `;` or `|`: no expansion, loop or function. */
  readonly isLiteral: boolean;
  /** Nothing sets a variable but an assignment written with its command: no loop, function, arithmetic or `${x:=y}`. */
  readonly setsNothing: boolean;
};

const maxCommandLength = 100_000;
const maxCommands = 500;
/** Lines that are given up, one after the other, to find the part of a broken script that can be parsed. */
const maxTries = 8;
/** Values of a loop's variable that are put in for it. */
const maxValues = 50;
const literalNodes = new Set(['Script', 'Statement', 'Command', 'Pipeline', 'AndOr', 'Word', 'Redirect']);

/**
 * The one reader of shell text: takes a script apart into its simple commands, in source order, those in substitutions, functions and loops
 * included. Of a script with a `problem` the commands are those that were found all the same. Never throws.
 */
export function readScript(source: string, scope: { readonly home: string; readonly cwd: string }): ScriptReading {
  const refuse = (problem: string): ScriptReading => ({
    ...{ source, commands: [], problem, isLiteral: false, setsNothing: false },
  });
  if (source.includes('\0')) return refuse('it holds a NUL character');
  if (source.length > maxCommandLength) return refuse(`it is longer than ${maxCommandLength} characters`);
  try {
    const script = parse(source);
    const reader: Reader = {
      source,
      home: scope.home,
      start: scope.cwd,
      folder: scope.cwd,
      subshell: '',
      place: 'start',
      isFed: false,
      variables: new Map(),
      commands: [],
      isLiteral: true,
      setsNothing: true,
    };
    const problem = visit(script, reader);
    const runnable = problem === undefined ? undefined : parseBeforeError(script, source);
    if (runnable !== undefined) visit(runnable, reader);
    const commands = reader.commands.slice(0, maxCommands);
    if (reader.commands.length > maxCommands)
      return { ...refuse(`it has more than ${maxCommands} commands`), commands };
    const { isLiteral, setsNothing } = reader;
    return { source, commands, isLiteral, setsNothing, ...(problem ? { problem } : {}) };
  } catch (error) {
    // The parser goes as deep as the script does: what exhausts the stack is refused, and nothing else is expected to fail.
    if (error instanceof RangeError) return refuse('it is nested too deeply');
    throw error;
  }
}

/** The lines before the one that can't be parsed: bash runs them, and then fails. undefined where there are none. */
function parseBeforeError(broken: ParsedScript, source: string): ParsedScript | undefined {
  let script = broken;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const error = script.errors?.[0];
    if (error === undefined) return script;
    const end = source.lastIndexOf('\n', Math.min(error.pos, source.length) - 1);
    if (end <= 0) return undefined;
    source = source.slice(0, end);
    script = parse(source);
  }
  return undefined;
}

type Reader = {
  readonly source: string;
  readonly home: string;
  readonly start: string;
  folder: string;
  readonly subshell: string;
  place: Place;
  isFed: boolean;
  readonly variables: Map<string, readonly string[]>;
  readonly commands: SimpleCommand[];
  isLiteral: boolean;
  setsNothing: boolean;
};

/** Gives the first syntax error below, if any. */
function visit(node: SyntaxNode, reader: Reader): string | undefined {
  if (reader.commands.length > maxCommands) return undefined;
  // Most of a script is plain words, in which there is nothing to find.
  if (node.type === 'Word' && (node.parts === undefined || node.parts.every(isPlainPart))) return undefined;
  let problem = node.type === 'Script' ? syntaxError(node) : hiddenCommand(node);
  if (!literalNodes.has(node.type) || (node.type === 'Statement' && node.background)) reader.isLiteral = false;
  if (maySetVariable(node)) reader.setsNothing = false;
  const inner = innerReader(node, reader);
  if (node.type === 'Command') readCommand(node, inner);
  else if (node.type === 'Redirected') reader.commands.push(readRedirects(node.redirects, inner));
  else if (node.type === 'For' && node.wordlist)
    reader.variables.set(
      node.name.value,
      node.wordlist.map(({ value }) => value),
    );
  const { folder, place, isFed } = inner;
  const childIsFed = isFed || feedsAll(node);
  forEachChild(node, (child) => {
    if (node.type === 'Word' && isPlainPart(child)) return;
    inner.isFed = childIsFed || (node.type === 'Pipeline' && child !== node.commands[0]);
    problem ??= visit(child, inner);
  });
  inner.isFed = isFed || (node.type === 'Command' && node.name?.value === 'exec' && node.redirects.some(isInput));
  // What a subshell does to its folder ends with it.
  if (isOwnShell(node)) Object.assign(inner, { folder, place, isFed });
  reader.isLiteral &&= inner.isLiteral;
  reader.setsNothing &&= inner.setsNothing;
  return problem;
}

/** A `cd` or an assignment in brackets or in a substitution changes nothing outside of it. */
function innerReader(node: SyntaxNode, reader: Reader): Reader {
  if (node.type === 'Script' && node.source !== undefined) return { ...reader, source: node.source };
  const isShell = node.type === 'Subshell' || node.type === 'CommandExpansion' || node.type === 'ProcessSubstitution';
  if (!isShell) return reader;
  return { ...reader, subshell: `${reader.subshell}/${node.pos}`, variables: new Map(reader.variables) };
}

function syntaxError(script: ParsedScript): string | undefined {
  const [error] = script.errors ?? [];
  return error && `it can't be parsed (${error.message})`;
}

function isPlainPart(node: SyntaxNode): boolean {
  return (
    node.type === 'Literal' || node.type === 'SingleQuoted' || (node.type === 'DoubleQuoted' && isPlain(node.parts))
  );
}

function isPlain(parts: readonly WordPart[]): boolean {
  return parts.every((part) => part.type === 'Literal');
}

function readCommand(node: Extract<SyntaxNode, { type: 'Command' }>, reader: Reader): void {
  const assignments = [...node.prefix, ...node.args].filter((item) => item.type === 'Assignment');
  const words = [...(node.name ? [node.name] : []), ...node.args].map((item) =>
    item.type === 'Word' ? readWord(item, reader) : { value: item.text, isKnown: true, likely: [item.text] },
  );
  if (node.name === undefined)
    for (const { name, value } of assignments) if (value.type === 'Word') reader.variables.set(name, [value.value]);
  const assigned = assignments.map(({ name }) => name);
  const command = readRedirects(node.redirects, reader, words, assigned, reader.source.slice(node.pos, node.end));
  if (assignments.length > 0 || words.some(({ isKnown }) => !isKnown)) reader.isLiteral = false;
  reader.commands.push(command);
  Object.assign(reader, followFolder(reader, words, reader));
}

/** A command with its redirections; one of redirections alone has no words, and their text. */
function readRedirects(
  redirects: readonly Redirection[],
  reader: Reader,
  words: readonly Argument[] = [],
  assigned: readonly string[] = [],
  text: string = redirects.map(({ pos, end }) => reader.source.slice(pos, end)).join(' '),
): SimpleCommand {
  const writes: WrittenFile[] = [];
  const reads: Argument[] = [];
  const input: string[] = [];
  for (const redirect of redirects) {
    if (redirect.type !== 'Redirect') {
      reader.isLiteral = false;
      const text = redirect.type === 'HereDoc' ? redirect.body.text : redirect.target?.value;
      if (text !== undefined) input.push(text);
    } else if (redirect.target && !isDescriptor(redirect.operator, redirect.target)) {
      const isRead = redirect.operator === '<' || redirect.operator === '<&';
      const file = readWord(redirect.target, reader);
      if (isRead) reads.push(file);
      else writes.push({ ...file, isAppend: redirect.operator.includes('>>') });
    }
  }
  const isFed = reader.isFed || redirects.some(isInput);
  const { folder, place, subshell } = reader;
  return { words, assigned, writes, reads, input, folder, place, subshell, isFed, text };
}

function isDescriptor(operator: string, target: Word): boolean {
  return (operator === '>&' || operator === '<&') && /^(\d+-?|-)$/.test(target.value);
}

/** Quotes are taken off; `~`, `$HOME` and `$PWD` are put in; anything else that bash would expand leaves the word unknown. */
function readWord(word: Word, reader: Reader): Argument {
  const likely = readLikely(word.value, reader);
  const isOne = word.parts?.every(isOneWord) ? { isOneWord: true as const } : {};
  const unknown = { value: word.text, isKnown: false, likely, ...isOne };
  const pieces = word.parts ? readParts(word.parts, reader) : word.value;
  if (pieces === undefined) return unknown;
  if (!word.text.startsWith('~')) return { value: pieces, isKnown: true, likely };
  return /^~(\/|$)/.test(word.text) ? { value: reader.home + pieces.slice(1), isKnown: true, likely } : unknown;
}

/** A word with the first variable in it that is known replaced, once for each of its values. */
function readLikely(word: string, { variables }: Reader): readonly string[] {
  if (variables.size === 0 || !word.includes('$')) return [word];
  const match = /\$\{?([A-Za-z_]\w*)\}?/.exec(word);
  const values = match === null ? undefined : variables.get(match[1]!);
  if (match === null || values === undefined) return [word];
  return values.slice(0, maxValues).map((value) => word.replace(match[0], () => value));
}

function readParts(parts: readonly WordPart[], reader: Reader): string | undefined {
  let value = '';
  for (const part of parts) {
    const piece = readPart(part, reader);
    if (piece === undefined) return undefined;
    value += piece;
  }
  return value;
}

function readPart(part: WordPart, reader: Reader): string | undefined {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return part.value;
    case 'DoubleQuoted':
    case 'LocaleString':
      return readParts(part.parts, reader);
    case 'SimpleExpansion':
      return readVariable(part.text.slice(1), reader);
    case 'ParameterExpansion':
      return part.prefix || part.index || part.operation ? undefined : readVariable(part.parameter, reader);
    default:
      return undefined;
  }
}

function readVariable(name: string, reader: Reader): string | undefined {
  if (name === 'HOME') return reader.home;
  return name === 'PWD' ? reader.folder : undefined;
}

/** The name under which a program is known: `/usr/bin/git` is `git` when it lies in a system folder, `./git` stays what it is. */
export function programName(value: string): string {
  return systemFolders.has(dirname(value)) ? basename(value) : value;
}

const systemFolders = new Set(['/bin', '/usr/bin', '/usr/local/bin', '/sbin', '/usr/sbin', '/opt/homebrew/bin']);

/** A command on one line, at most 80 characters, for a reason; what is asked about is always shown whole. */
export function clipCommand(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
