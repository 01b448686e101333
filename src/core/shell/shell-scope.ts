import type { Redirection, SyntaxNode, Word } from 'unbash';

/** Whether what happens to the shell below a node ends with it, besides brackets and substitutions: its folder, its input. */
export function isOwnShell(node: SyntaxNode): boolean {
  if (node.type === 'Pipeline') return node.commands.length > 1;
  if (node.type === 'Statement') return node.background === true;
  return node.type === 'Coproc' || node.type === 'ArithmeticCommandExpansion';
}

/** Whether all commands below a node are given input by it. */
export function feedsAll(node: SyntaxNode): boolean {
  if (node.type === 'Redirected') return node.redirects.some(isInput);
  return node.type === 'ProcessSubstitution' && node.operator === '>';
}

/** A redirection that gives something to read; `/dev/null` does not. */
export function isInput(redirect: Redirection): boolean {
  if (redirect.type !== 'Redirect') return true;
  return redirect.operator.startsWith('<') && redirect.target?.value !== '/dev/null';
}

const settled = new Set(
  'Script Statement CompoundList Subshell BraceGroup If Elif While AndOr Pipeline Command Redirected Word Literal SingleQuoted DoubleQuoted AnsiCQuoted LocaleString SimpleExpansion ParameterExpansion CommandExpansion ProcessSubstitution Redirect FileDescriptor HereDoc HereString HereDocDelimiter HereDocBody Glob BraceExpansion Assignment Default Length'.split(
    ' ',
  ),
);

/** Whether a node may set a variable in another way than by an assignment that is written with its command. */
export function maySetVariable(node: SyntaxNode): boolean {
  if (!settled.has(node.type)) return true;
  if (node.type === 'ParameterExpansion')
    return node.prefix !== undefined || node.operation !== undefined || isComputed(node.index);
  if (node.type === 'Assignment') return isComputed(node.index);
  return (
    (node.type === 'Redirect' || node.type === 'HereDoc' || node.type === 'HereString') &&
    node.descriptor?.type === 'FileDescriptorVariable'
  );
}

/** An array subscript is arithmetic: it may set variables, and even run the commands in a text. */
function isComputed(index: Word | undefined): boolean {
  return index !== undefined && !/^(\d+|[@*])$/.test(index.text);
}

/** What is wrong with a node whose text holds commands that are not read: quoted ones in an array subscript, which bash evaluates all the same. */
export function hiddenCommand(node: SyntaxNode): string | undefined {
  const index = node.type === 'ParameterExpansion' || node.type === 'Assignment' ? node.index : undefined;
  if (index === undefined || !/['"\\].*(\$\(|`|\[)/s.test(index.text)) return undefined;
  return 'an array subscript may hold a command';
}
