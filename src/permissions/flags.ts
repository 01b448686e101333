import type { Argument } from './words.ts';

/**
 * Whether any option of these is given. Short ones are found in clusters (`-ni`), long ones in their GNU abbreviations (`--in-pl`) and
 * with values (`--in-place=.bak`). Errs towards yes.
 */
export function hasOption(args: readonly Argument[], short: string, long: readonly string[] = []): boolean {
  return args.some(({ value }) => {
    if (value.startsWith('--')) {
      const name = value.slice(2).split('=')[0] ?? '';
      return name !== '' && long.some((option) => option.startsWith(name) || name === option);
    }
    if (!value.startsWith('-')) return false;
    return (
      [...value.slice(1)].some((letter) => short.includes(letter)) || long.includes(value.slice(1).split('=')[0] ?? '')
    );
  });
}

/** The arguments that are no options. What follows an option that takes a value is left out. */
export function operandsOf(args: readonly Argument[], takesValue: ReadonlySet<string> = new Set()): Argument[] {
  const found: Argument[] = [];
  let isEnd = false;
  for (let at = 0; at < args.length; at++) {
    const argument = args[at]!;
    if (!isEnd && argument.value === '--') isEnd = true;
    else if (isEnd || !argument.value.startsWith('-') || argument.value === '-') found.push(argument);
    else if (takesValue.has(argument.value)) at++;
  }
  return found;
}

/** Drops leading options (and the values of those that take one) and gives the rest; undefined when an option is not in the lists. */
export function dropOptions(
  args: readonly Argument[],
  plain: RegExp,
  takesValue: RegExp,
): readonly Argument[] | undefined {
  let at = 0;
  for (; at < args.length; at++) {
    const argument = args[at]!;
    if (!argument.isKnown) return undefined;
    if (argument.value === '--') return args.slice(at + 1);
    if (!argument.value.startsWith('-')) break;
    if (takesValue.test(argument.value)) at++;
    else if (!plain.test(argument.value)) return undefined;
  }
  return args.slice(at);
}
