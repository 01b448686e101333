import type { SyntaxNode } from 'unbash';
import { isHarmlessVariable } from './environment.ts';
import type { Bash } from './part.ts';

/**
 * The name of a variable that steers the shell or other programs (`PATH`, `IFS`) and that is set by something else than an assignment:
 * a loop, a coprocess, arithmetic, `${PATH:=x}` or `{PATH}>file`.
 */
export function quietlySetName(node: SyntaxNode, bash: Bash): string | undefined {
  let found = namesSet(node).find((name) => !isHarmlessVariable(name));
  bash.forEachChild(node, (child) => {
    found ??= quietlySetName(child, bash);
  });
  return found;
}

function namesSet(node: SyntaxNode): string[] {
  switch (node.type) {
    case 'For':
    case 'Select':
      return [node.name.value];
    case 'Coproc':
      return node.name ? [node.name.value] : [];
    case 'ArithmeticBinary':
      return /^(=|[^=!<>]=|<<=|>>=)$/.test(node.operator) ? names(node.left) : [];
    case 'ArithmeticUnary':
      return node.operator === '++' || node.operator === '--' ? names(node.operand) : [];
    case 'ParameterExpansion':
      return node.operation?.type === 'Default' && node.operation.operator.endsWith('=') ? [node.parameter] : [];
    case 'Redirect':
    case 'HereString':
    case 'HereDoc':
      return node.descriptor?.type === 'FileDescriptorVariable' ? [node.descriptor.name] : [];
    default:
      return [];
  }
}

function names(node: SyntaxNode): string[] {
  return node.type === 'ArithmeticWord' ? [node.value.replace(/\[.*$/s, '')] : [];
}

/**
 * Whether a script evaluates as arithmetic what it has read. Bash runs the substitution in a text such as `a[$(rm y)]` when a variable
 * with that text stands in `((…))`, in `[[ … -eq … ]]`, in an index or a slice, so a file could give the command.
 */
export function evaluatesWhatItReads(script: SyntaxNode, bash: Bash): boolean {
  return some(script, bash, readsData) && some(script, bash, isArithmetic);
}

function some(node: SyntaxNode, bash: Bash, test: (node: SyntaxNode) => boolean): boolean {
  let found = test(node);
  bash.forEachChild(node, (child) => {
    found ||= some(child, bash, test);
  });
  return found;
}

function readsData(node: SyntaxNode): boolean {
  if (node.type === 'Command') return /^(read|mapfile|readarray)$/.test(node.name?.value ?? '');
  return node.type === 'CommandExpansion' || node.type === 'ArithmeticCommandExpansion';
}

function isArithmetic(node: SyntaxNode): boolean {
  if (node.type === 'ArithmeticWord') return /[A-Za-z_]/.test(node.value) && !/^0x[\da-f]+$/i.test(node.value);
  if (node.type === 'TestBinary') return /^-(eq|ne|lt|le|gt|ge)$/.test(node.operator) && !isNumber(node);
  if (node.type === 'ParameterExpansion') return isNamed(node.index?.value) || node.operation?.type === 'Slice';
  return node.type === 'Assignment' && isNamed(node.index?.value);
}

/** Both sides are digits, or a count such as `$#`. */
function isNumber(node: Extract<SyntaxNode, { type: 'TestBinary' }>): boolean {
  return [node.left, node.right].every(({ text }) => /^"?(-?\d+|\$[#?$!]|\$\{#\w+(\[@\])?\})"?$/.test(text));
}

function isNamed(index: string | undefined): boolean {
  return index !== undefined && !/^(\d+|[@*])$/.test(index);
}
