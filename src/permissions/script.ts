import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AndOr, Command, CommandNode, ParsedScript, Redirection, Statement, SyntaxNode, Word } from 'unbash';
import { areRooted, choosesLines, listsFiles } from './listed-paths.ts';
import type { Bash, Listed, Part } from './part.ts';
import { evaluatesWhatItReads, quietlySetName } from './quiet-effects.ts';
import { calls, changesFolder, folderChangers, hidesCode, loopNames } from './script-facts.ts';
import { type Argument, readAssignments, readWord, type WordScope } from './words.ts';

export type ScriptReading = {
  readonly parts: readonly Part[] /** Why some of it can't be known; then it must be asked. */;
  readonly problems: readonly string[];
};

export type ScriptScope = { readonly home: string; readonly folders: readonly string[] | undefined };

type State = { folders: readonly string[] | undefined };

/** Takes a script apart into its simple commands, in source order, those in substitutions, functions and here-documents included. */
export function readScript(source: string, scope: ScriptScope, bash: Bash): ScriptReading {
  const parts: Part[] = [];
  const problems: string[] = [];
  if (source.includes('\0')) problems.push('it holds a NUL character');
  const script = bash.parse(source);
  const names = loopNames(script, bash);
  const words: WordScope = { home: scope.home, loops: new Map(), reassigned: names, folders: scope.folders };
  const state: State = { folders: scope.folders };
  const set = quietlySetName(script, bash);
  if (set !== undefined) problems.push(`it sets ${set}, which can change what other commands do`);
  if (evaluatesWhatItReads(script, bash))
    problems.push('it evaluates as arithmetic what it reads, which can run a command');
  if (hidesCode(script, bash)) problems.push('it evaluates text that holds a command substitution');
  readBody(script, state, words, { source, parts, problems, bash });
  return { parts, problems };
}

type Reader = { readonly source: string; readonly parts: Part[]; readonly problems: string[]; readonly bash: Bash };

function readBody(script: ParsedScript, state: State, words: WordScope, reader: Reader): void {
  for (const error of script.errors ?? []) reader.problems.push(`it can't be parsed (${error.message})`);
  const inner = script.source === undefined ? reader : { ...reader, source: script.source };
  readStatements(script.commands, state, words, inner);
}

function readStatements(statements: readonly Statement[], state: State, words: WordScope, reader: Reader): void {
  for (const statement of statements) {
    const before = state.folders;
    const target = statement.background ? { ...state } : state;
    readNode(statement.command, target, words, reader);
    if (!statement.background)
      state.folders = union(before, state.folders, !surelyEnters(statement, state.folders, reader.bash));
  }
}

/** `cd x; ls` goes on in the old folder when x can't be entered; when x is there and `cd x` comes first, it does not. */
function surelyEnters(statement: Statement, folders: State['folders'], bash: Bash): boolean {
  const { command } = statement;
  const [first, ...rest] = command.type === 'AndOr' ? command.commands : [command];
  if (first?.type !== 'Command' || first.name?.value !== 'cd' || rest.some((node) => changesFolder(node, bash)))
    return false;
  return folders?.every((folder) => statSync(folder, { throwIfNoEntry: false })?.isDirectory()) ?? false;
}

function union(before: State['folders'], after: State['folders'], keepBefore: boolean): State['folders'] {
  if (before === undefined || after === undefined) return undefined;
  return keepBefore ? [...new Set([...before, ...after])] : after;
}

function readNode(node: SyntaxNode, state: State, words: WordScope, reader: Reader): void {
  if (node.type === 'AndOr') readAndOr(node, state, words, reader);
  else if (node.type === 'Pipeline') readPipeline(node.commands, state, words, reader);
  else if (node.type === 'Command') readCommand(node, state, words, reader, { isPiped: false, listed: undefined });
  else if (node.type === 'For') readLoop(node, state, words, reader);
  else if (node.type === 'Script') readBody(node, { ...state }, words, reader);
  else if (node.type === 'Subshell') readStatements(node.body.commands, { ...state }, words, reader);
  else if (node.type === 'BraceGroup') readStatements(node.body.commands, state, words, reader);
  else if (node.type === 'Redirected') {
    readRedirected(node.redirects, state, words, reader);
    readNode(node.command, state, words, reader);
  } else readBranches(node, state, words, reader);
}

function readAndOr(node: AndOr, state: State, words: WordScope, reader: Reader): void {
  const before = state.folders;
  for (const command of node.commands) readNode(command, state, words, reader);
  if (node.operators.includes('||')) state.folders = union(before, state.folders, true);
}

/** Conditions, loops, functions, cases, words with substitutions: each child may run or not, once or often. */
function readBranches(node: SyntaxNode, state: State, words: WordScope, reader: Reader): void {
  if (node.type === 'ParameterExpansion') {
    if (node.prefix === '!') reader.problems.push(`\`${node.text}\` stands for a name that can't be seen`);
    if (node.operation?.type === 'Transform') reader.problems.push(`\`${node.text}\` may evaluate its value`);
  }
  if (node.type === 'Function' && calls(node.body, node.name.value, reader.bash)) {
    reader.problems.push(`the function \`${node.name.value}\` calls itself`);
  }
  const inner: State = isRepeated(node) && changesFolder(node, reader.bash) ? { folders: undefined } : { ...state };
  reader.bash.forEachChild(node, (child) => {
    if (child.type === 'CompoundList') readStatements(child.commands, inner, words, reader);
    else readNode(child, inner, words, reader);
  });
  if (isControl(node)) state.folders = union(state.folders, inner.folders, true);
}

function isRepeated(node: SyntaxNode): boolean {
  return (
    node.type === 'While' ||
    node.type === 'For' ||
    node.type === 'ArithmeticFor' ||
    node.type === 'Select' ||
    node.type === 'Function'
  );
}

function isControl(node: SyntaxNode): boolean {
  return (
    isRepeated(node) || node.type === 'If' || node.type === 'Elif' || node.type === 'Case' || node.type === 'CaseItem'
  );
}

/** In the body of `for f in a b`, `$f` is `a` or `b`, unless something else sets it too. */
function readLoop(node: Extract<SyntaxNode, { type: 'For' }>, state: State, words: WordScope, reader: Reader): void {
  for (const word of node.wordlist ?? []) readBranches(word, state, words, reader);
  const values = (node.wordlist ?? []).flatMap((word) => readWord(word, { ...words, folders: state.folders }));
  const known =
    values.length > 0 && values.every((value) => value.isKnown) && words.reassigned.get(node.name.value) === 1;
  const loops = new Map(words.loops);
  if (known)
    loops.set(
      node.name.value,
      values.map((value) => value.value),
    );
  else loops.delete(node.name.value);
  const inner: State = changesFolder(node.body, reader.bash) ? { folders: undefined } : { ...state };
  readStatements(node.body.commands, inner, { ...words, loops }, reader);
  state.folders = union(state.folders, inner.folders, true);
}

function readPipeline(commands: readonly CommandNode[], state: State, words: WordScope, reader: Reader): void {
  let listed: Listed | undefined;
  commands.forEach((command, index) => {
    const inner = commands.length === 1 ? state : { ...state };
    if (command.type !== 'Command') {
      readNode(command, inner, words, reader);
      listed = undefined;
      return;
    }
    readCommand(command, inner, words, reader, { isPiped: index > 0, listed });
    const part = reader.parts.at(-1)!;
    if (index === 0) listed = listsFiles(part) ? (areRooted(part) ? 'rooted' : 'bare') : undefined;
    else if (!choosesLines(part)) listed = undefined;
  });
}

function readCommand(
  node: Command,
  state: State,
  scope: WordScope,
  reader: Reader,
  pipe: { isPiped: boolean; listed: Listed | undefined },
): void {
  const words = { ...scope, folders: state.folders };
  const nested = { ...state };
  for (const child of [...node.prefix, ...(node.name ? [node.name] : []), ...node.suffix])
    readBranches(child, nested, words, reader);
  const operands = node.args.flatMap((argument) =>
    argument.type === 'Word' ? readWord(argument, words) : [{ value: argument.text, isKnown: false }],
  );
  const part: Part = {
    words: [...(node.name ? readWord(node.name, words) : []), ...operands],
    assignments: readAssignments([...node.prefix, ...node.args], words),
    ...readRedirects(node.redirects, words),
    ...pipe,
    folders: state.folders,
    text: reader.source.slice(node.pos, node.end),
  };
  reader.parts.push(part);
  state.folders = enter(part, state.folders, scope.home);
}

/** The folders after a command: `cd` moves, and what may hide a `cd` makes them unknown. */
function enter(part: Part, folders: State['folders'], home: string): State['folders'] {
  const [name, ...args] = part.words.map((word) => word.value);
  if (name === 'popd' || name === 'eval' || name === 'source' || name === '.') return undefined;
  if ((name === 'builtin' || name === 'command') && folderChangers.includes(args[0] ?? '')) return undefined;
  if (name !== 'cd' && name !== 'pushd') return folders;
  const operands = part.words.slice(1).filter((word) => !['-P', '-L', '--'].includes(word.value));
  const aim = operands[0];
  if (folders === undefined || operands.length > 1 || aim?.isKnown === false || aim?.value.startsWith('-')) {
    return undefined;
  }
  if (aim === undefined) return [home];
  if (process.env.CDPATH && !/^\.{0,2}\//.test(aim.value)) return undefined;
  return folders.map((folder) => resolve(folder, aim.value));
}

function readRedirected(redirects: readonly Redirection[], state: State, words: WordScope, reader: Reader): void {
  for (const redirect of redirects) readBranches(redirect, { ...state }, words, reader);
  const found = readRedirects(redirects, { ...words, folders: state.folders });
  const text = redirects.map((redirect) => reader.source.slice(redirect.pos, redirect.end)).join(' ');
  reader.parts.push({
    words: [],
    assignments: [],
    ...found,
    isPiped: false,
    listed: undefined,
    folders: state.folders,
    text,
  });
}

function readRedirects(redirects: readonly Redirection[], words: WordScope): Pick<Part, 'writes' | 'reads' | 'input'> {
  const writes: Argument[] = [];
  const reads: Argument[] = [];
  const input: string[] = [];
  for (const redirect of redirects) {
    if (redirect.type === 'HereDoc') input.push(redirect.body.text);
    else if (redirect.target && redirect.type === 'HereString') input.push(redirect.target.value);
    else if (redirect.target && !isDescriptor(redirect.operator, redirect.target)) {
      const into = redirect.operator === '<' || redirect.operator === '<&' ? reads : writes;
      into.push(...readWord(redirect.target, words));
    }
  }
  return { writes, reads, input };
}

function isDescriptor(operator: string, target: Word): boolean {
  return (operator === '>&' || operator === '<&') && /^(\d+-?|-)$/.test(target.value);
}
