import { forEachChild, parse, type SyntaxNode } from 'unbash';

/**
 * The values that a script gives to variables, without their quotes. Bash runs a command in one when it computes with it:
 * `i='a[$(rm x)]'; echo $((i))`. Never throws.
 */
export function givenValues(source: string): string[] {
  const values: string[] = [];
  const visit = (node: SyntaxNode) => {
    if (node.type === 'Assignment')
      values.push(...(node.value.type === 'Word' ? [node.value] : node.value.elements).map(({ value }) => value));
    if (node.type === 'For') values.push(...(node.wordlist ?? []).map(({ value }) => value));
    forEachChild(node, visit);
  };
  try {
    visit(parse(source));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  return values;
}
