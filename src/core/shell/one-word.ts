import type { WordPart } from 'unbash';

/** Whether bash makes one word of a part whatever it expands to; `"$@"` and `"${list[@]}"` become as many as there are values. */
export function isOneWord(part: WordPart): boolean {
  if (part.type === 'SingleQuoted' || part.type === 'AnsiCQuoted') return true;
  if (part.type === 'Literal') return /^[\w=-]*$/.test(part.value);
  return part.type === 'DoubleQuoted' && part.parts.every((each) => each.type === 'Literal' || isOneValue(each));
}

function isOneValue(part: WordPart): boolean {
  if (part.type === 'CommandExpansion' || part.type === 'ArithmeticExpansion') return true;
  return /^(SimpleExpansion|ParameterExpansion)$/.test(part.type) && !part.text.includes('@');
}
