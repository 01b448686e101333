import type { ParsedScript, SyntaxNode } from 'unbash';
import type { Bash } from './part.ts';

/** Commands that change the folder of those after them, or may hide one that does. */
export const folderChangers = ['cd', 'pushd', 'popd', 'eval', 'source', '.', 'builtin', 'command'];

/** Whether anything below may change the folder. */
export function changesFolder(node: SyntaxNode, bash: Bash): boolean {
  return folderChangers.some((name) => calls(node, name, bash));
}

/** Whether a command of this name stands anywhere below. */
export function calls(node: SyntaxNode, name: string, bash: Bash): boolean {
  if (node.type === 'Command' && node.name?.value === name) return true;
  let found = false;
  bash.forEachChild(node, (child) => {
    found ||= calls(child, name, bash);
  });
  return found;
}

/** How often each name is set in a script: by assignment, loop, or a command that sets variables. */
export function loopNames(node: SyntaxNode, bash: Bash, names = new Map<string, number>()): Map<string, number> {
  const add = (name: string) => names.set(name, (names.get(name) ?? 0) + 1);
  if (node.type === 'Assignment' || node.type === 'For' || node.type === 'Select')
    add(node.type === 'Assignment' ? node.name : node.name.value);
  if (
    node.type === 'Command' &&
    /^(read|mapfile|readarray|printf|declare|typeset|local|export|readonly|getopts|let|unset|eval|source|\.)$/.test(
      node.name?.value ?? '',
    )
  ) {
    for (const argument of node.args) if (argument.type === 'Word') add(argument.value.replace(/[=[].*$/s, ''));
  }
  bash.forEachChild(node, (child) => loopNames(child, bash, names));
  return names;
}

/**
 * Bash runs a substitution inside the *text* of an array index when it evaluates arithmetic (`x='a[$(rm y)]'; echo $((x))`), so a
 * script that has both, arithmetic or `-v`, and text that looks like a substitution, can't be judged.
 */
export function hidesCode(script: ParsedScript, bash: Bash): boolean {
  let evaluates = false;
  let holds = false;
  const visit = (node: SyntaxNode): void => {
    if (node.type.startsWith('Arithmetic') || node.type === 'TestBinary' || node.type === 'TestUnary') evaluates = true;
    if (
      node.type === 'Command' &&
      /^(let|declare|typeset|local|printf|read|unset|test|\[|export|readonly)$/.test(node.name?.value ?? '')
    )
      evaluates = true;
    if ((node.type === 'SingleQuoted' || node.type === 'AnsiCQuoted') && /\$\(|`|\$\{/.test(node.value)) holds = true;
    if (node.type === 'Word' && !node.parts && /\$\(|`/.test(node.value)) holds = true;
    bash.forEachChild(node, visit);
  };
  visit(script);
  return evaluates && holds;
}
